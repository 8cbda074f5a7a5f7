/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.namedpipe.autoconfigure;

import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;

import io.namedpipe.PipeDirection;
import io.namedpipe.PipeType;
import io.namedpipe.autoconfigure.NamedPipeProperties.HandshakeStep;
import io.namedpipe.framing.FramePattern;
import io.namedpipe.framing.Handshake;
import io.namedpipe.framing.MessageFraming;

/**
 * The frames before the first message, checked as far as that is possible without the
 * framing.
 *
 * @param path where the entry is configured
 * @param steps the steps, each of which expects or sends
 */
record HandshakeSettings(PropertyPath path, List<HandshakeStep> steps) {

	/**
	 * Time for a peer of a server to say what is expected, unless another is configured.
	 */
	static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

	static HandshakeSettings from(PropertyPath path, List<HandshakeStep> steps, PipeDirection direction,
			PipeType type) {
		for (int i = 0; i < steps.size(); i++) {
			verify(path.child("handshake", i), steps.get(i), direction);
		}
		if (!steps.isEmpty() && type == PipeType.FIFO) {
			throw path.invalid("handshake", "...",
					"All writers of a FIFO share one stream, so that there is nobody to agree with; remove it");
		}
		return new HandshakeSettings(path, List.copyOf(steps));
	}

	private static void verify(PropertyPath path, HandshakeStep step, PipeDirection direction) {
		if ((step.getExpect() == null) == (step.getSend() == null)) {
			throw path.invalid("expect", step.getExpect(),
					"A step has one of 'expect' and 'send'; begin each step with a dash of its own");
		}
		if (step.getExpect() != null) {
			path.resolved("expect", step.getExpect());
			if (!direction.canRead()) {
				throw path.invalid("expect", step.getExpect(), "Nothing can be read by this end; remove the step");
			}
		}
		if (step.getSend() != null) {
			path.resolved("send", step.getSend());
			if (!direction.canWrite()) {
				throw path.invalid("send", step.getSend(), "Nothing can be written by this end; remove the step");
			}
		}
	}

	/**
	 * Whether the peer has to say something.
	 */
	static boolean expects(List<HandshakeStep> steps) {
		return steps.stream().anyMatch((step) -> step.getExpect() != null);
	}

	/**
	 * The handshake over a framing.
	 * @param framing what tells frames apart
	 * @param charset the charset of text
	 */
	Handshake over(MessageFraming framing, Charset charset) {
		Handshake handshake = this.path.checked("handshake", "...", (steps) -> Handshake.over(framing, charset));
		for (int i = 0; i < this.steps.size(); i++) {
			handshake = add(handshake, this.path.child("handshake", i), this.steps.get(i));
		}
		return handshake;
	}

	private static Handshake add(Handshake handshake, PropertyPath path, HandshakeStep step) {
		String expect = step.getExpect();
		if (expect != null) {
			return path.checked("expect", expect, (pattern) -> handshake.expect(FramePattern.of(pattern)));
		}
		return path.checked("send", String.valueOf(step.getSend()), handshake::send);
	}

}
