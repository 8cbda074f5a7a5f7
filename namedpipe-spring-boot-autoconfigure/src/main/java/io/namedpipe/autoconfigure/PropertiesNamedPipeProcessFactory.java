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

import java.util.List;
import java.util.Objects;

import io.namedpipe.PipeException;
import io.namedpipe.PipeProcess;
import io.namedpipe.autoconfigure.NamedPipeProperties.Process;
import io.namedpipe.autoconfigure.ProcessSettings.ChannelSettings;
import io.namedpipe.framing.Handshake;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.framing.PayloadFormat;
import io.namedpipe.integration.NamedPipeProcess;

/**
 * Makes child processes by their properties.
 */
class PropertiesNamedPipeProcessFactory implements NamedPipeProcessFactory {

	private final Framings framings;

	private final List<NamedPipeProcessCustomizer> customizers;

	PropertiesNamedPipeProcessFactory(Framings framings, List<NamedPipeProcessCustomizer> customizers) {
		this.framings = framings;
		this.customizers = customizers;
	}

	@Override
	public NamedPipeProcess createProcess(String name, Process properties) {
		ProcessSettings settings = ProcessSettings.from(name, properties);
		PipeProcess.Builder pipe = PipeProcess.builder(settings.command())
			.workingDirectory(settings.workingDirectory())
			.environment(settings.environment())
			.direction(settings.direction())
			.handshakeTimeout(settings.handshakeTimeout())
			.maxMessageSize(settings.maxMessageSize())
			.writeTimeout(settings.writeTimeout())
			.drainTimeout(settings.stopTimeout());
		if (!settings.handshake().steps().isEmpty()) {
			pipe.initializer(handshake(settings));
		}
		NamedPipeProcess.Builder process = NamedPipeProcess.builder(name, pipe)
			.autoStartup(settings.autoStartup())
			.standardError(settings.standardError())
			.restart(settings.restart());
		if (settings.fromChild() != null) {
			process.framing(framing(settings.path().child("from-child"), settings.fromChild()))
				.payload(format(settings.path().child("from-child"), settings.fromChild()));
		}
		if (settings.toChild() != null) {
			process.outboundFraming(framing(settings.path().child("to-child"), settings.toChild()))
				.outboundPayload(format(settings.path().child("to-child"), settings.toChild()));
		}
		if (settings.queue() != null) {
			process.queueCapacity(settings.queue().capacity()).overflow(settings.queue().overflow());
		}
		this.customizers.forEach((customizer) -> customizer.customize(name, process));
		try {
			return process.build();
		}
		catch (PipeException ex) {
			throw new PipeStartException(settings.path(), ex);
		}
	}

	private Handshake handshake(ProcessSettings settings) {
		ChannelSettings read = settings.fromChild();
		ChannelSettings written = settings.toChild();
		MessageFraming in = (read != null) ? framing(settings.path().child("from-child"), read) : null;
		MessageFraming out = (written != null) ? framing(settings.path().child("to-child"), written) : in;
		ChannelSettings any = (read != null) ? read : Objects.requireNonNull(written);
		return settings.handshake()
			.over(MessageFraming.of((in != null) ? in : Objects.requireNonNull(out), Objects.requireNonNull(out)),
					any.payload().charset());
	}

	private PayloadFormat format(PropertyPath path, ChannelSettings settings) {
		return this.framings.format(path.child("payload"), settings.payload());
	}

	private MessageFraming framing(PropertyPath path, ChannelSettings settings) {
		return this.framings.framing(path.child("framing"), settings.framing(), settings.payload());
	}

}
