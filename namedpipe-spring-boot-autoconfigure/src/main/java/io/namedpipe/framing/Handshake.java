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

package io.namedpipe.framing;

import java.io.IOException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.namedpipe.ConnectionInitializer;
import io.namedpipe.PipeConnection;

/**
 * A fixed exchange before the first message of a connection: frames that the peer has to
 * send, and frames that are sent to it, in order. Immutable; one serves any number of
 * connections.
 * <p>
 * The first frame that does not match ends the connection, and the exception says what
 * came instead. The time limit is that of the caller, see {@link ConnectionInitializer}.
 * What the peer sends beyond the last frame stays on the connection for the next reader.
 */
public final class Handshake implements ConnectionInitializer {

	/** Characters of a frame in a message. */
	private static final int SHOWN = 100;

	private final MessageFraming framing;

	private final Charset charset;

	private final List<Step> steps;

	private Handshake(MessageFraming framing, Charset charset, List<Step> steps) {
		this.framing = framing;
		this.charset = charset;
		this.steps = steps;
	}

	/**
	 * A handshake without a step.
	 * @param framing what tells the frames apart
	 * @param charset the charset of their text. A byte order mark is no part of the first
	 * frame, bytes that are no text match as U+FFFD
	 * @return the handshake
	 * @throws IllegalArgumentException if the framing has no boundaries or is that of a
	 * codec, or the charset leaves the order of bytes open
	 */
	public static Handshake over(MessageFraming framing, Charset charset) {
		verify(framing);
		verify(framing.outbound());
		OpenByteOrder order = OpenByteOrder.of(charset);
		if (order != null) {
			throw new IllegalArgumentException("A handshake has to know the order of bytes, which the charset "
					+ charset + " leaves open; use " + order);
		}
		return new Handshake(framing, charset, List.of());
	}

	private static void verify(MessageFraming framing) {
		if (!framing.hasFrames()) {
			throw new IllegalArgumentException("A handshake needs frames that can be told apart, and " + framing
					+ " framing does not tell; use another one, or a connection initializer of your own");
		}
	}

	/**
	 * This handshake, and then a frame that the peer has to send.
	 * @param pattern what its text has to match
	 * @return the longer handshake
	 */
	public Handshake expect(FramePattern pattern) {
		return then(new Step(pattern, null));
	}

	/**
	 * This handshake, and then a frame that is sent to the peer.
	 * @param text its text
	 * @return the longer handshake
	 * @throws IllegalArgumentException if this framing cannot carry the text
	 */
	public Handshake send(String text) {
		try {
			this.framing.encoder(format(), Integer.MAX_VALUE).encode(text);
		}
		catch (FramingException ex) {
			throw new IllegalArgumentException(String.valueOf(ex.getMessage()), ex);
		}
		return then(new Step(null, text));
	}

	private Handshake then(Step step) {
		List<Step> longer = new ArrayList<>(this.steps);
		longer.add(step);
		return new Handshake(this.framing, this.charset, List.copyOf(longer));
	}

	private PayloadFormat format() {
		return PayloadFormat.text(this.charset).replacingMalformed();
	}

	@Override
	public void initialize(PipeConnection connection) throws IOException {
		try (MessageReader reader = this.framing.reader(connection, format());
				MessageWriter writer = this.framing.writer(connection, format())) {
			for (Step step : this.steps) {
				if (step.text != null) {
					writer.write(step.text);
				}
				else if (step.pattern != null) {
					expect(step.pattern, reader);
				}
			}
		}
	}

	private static void expect(FramePattern pattern, MessageReader reader) throws IOException {
		String frame;
		try {
			frame = text(reader.read());
		}
		catch (IOException ex) {
			throw new HandshakeException("The handshake expects '" + pattern + "', but: " + ex.getMessage(), ex);
		}
		if (frame == null) {
			throw new HandshakeException("The handshake expects '" + pattern + "', but the peer ended its output",
					null);
		}
		if (!pattern.matches(frame)) {
			throw new HandshakeException("The handshake expects '" + pattern + "', but got '" + shortened(frame) + "'",
					null);
		}
	}

	private static @Nullable String text(@Nullable Object payload) {
		Object content = (payload instanceof Frame frame) ? frame.payload() : payload;
		return (content != null) ? content.toString() : null;
	}

	private static String shortened(String frame) {
		StringBuilder text = new StringBuilder();
		frame.codePoints().limit(SHOWN).forEach((character) -> {
			if (Character.isISOControl(character)) {
				text.append(String.format("\\u%04x", character));
			}
			else {
				text.appendCodePoint(character);
			}
		});
		return (frame.codePointCount(0, frame.length()) > SHOWN) ? text + "..." : text.toString();
	}

	/**
	 * One of the two.
	 */
	private record Step(@Nullable FramePattern pattern, @Nullable String text) {

	}

}
