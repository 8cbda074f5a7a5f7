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
import java.util.concurrent.ThreadFactory;

import org.jspecify.annotations.Nullable;

import io.namedpipe.AnonymousPipeClient;
import io.namedpipe.PipeBuilder;
import io.namedpipe.PipeClient;
import io.namedpipe.PipeException;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.integration.NamedPipeBuilder;

/**
 * Applies what server and client entries have in common to their builders.
 */
final class PipeBuilders {

	private final Framings framings;

	private final @Nullable ThreadFactory virtualThreads;

	private final List<NamedPipeConnectionInitializer> initializers;

	PipeBuilders(Framings framings, @Nullable ThreadFactory virtualThreads,
			List<NamedPipeConnectionInitializer> initializers) {
		this.framings = framings;
		this.virtualThreads = virtualThreads;
		this.initializers = initializers;
	}

	PipeClient.Builder client(String name, ClientSettings settings) {
		String handle = settings.handle();
		PipeClient.Builder builder = (handle != null) ? AnonymousPipeClient.builder(settings.pipe().direction(), handle)
				: PipeClient.builder(settings.pipe().pipeName());
		apply(name, settings.pipe(), builder);
		return builder.serverName(settings.serverName())
			.connectTimeout(settings.connectTimeout())
			.waitForServer(settings.waitForServer())
			.verifyServerUser(settings.verifyServerUser())
			.impersonationLevel(settings.impersonationLevel());
	}

	void apply(String name, PipeSettings settings, PipeBuilder<?> builder) {
		if (!settings.handshake().steps().isEmpty()) {
			builder.initializer(settings.handshake().over(framing(settings), settings.payload().charset()));
		}
		for (NamedPipeConnectionInitializer initializer : this.initializers) {
			builder.initializer((connection) -> initializer.initialize(name, connection));
		}
		builder.directory(settings.directory())
			.type(settings.type())
			.direction(settings.direction())
			.transmissionMode(settings.transmissionMode())
			.maxMessageSize(settings.maxMessageSize())
			.idleTimeout(settings.idleTimeout())
			.writeTimeout(settings.writeTimeout())
			.drainTimeout(settings.drainTimeout());
		settings.inBufferSize().ifPresent(builder::inBufferSize);
		settings.outBufferSize().ifPresent(builder::outBufferSize);
	}

	void apply(PipeSettings settings, NamedPipeBuilder<?> builder) {
		builder.framing(framing(settings))
			.payload(this.framings.format(settings.path().child("payload"), settings.payload()))
			.autoStartup(settings.autoStartup())
			.virtualThreads(this.virtualThreads);
		if (settings.outbound() != null) {
			builder.queueCapacity(settings.outbound().queueCapacity()).overflow(settings.outbound().overflow());
		}
	}

	private MessageFraming framing(PipeSettings settings) {
		return this.framings.framing(settings.path().child("framing"), settings.framing(), settings.payload());
	}

	/**
	 * Builds the pipe. What the platform does not like becomes a failure that names the
	 * property.
	 * @param settings what the builder was made from
	 * @param build builds the pipe
	 * @param <P> the type of pipe
	 * @return the pipe
	 */
	<P> P build(PipeSettings settings, Build<P> build) {
		try {
			return build.build();
		}
		catch (PipeException ex) {
			throw failure(settings.path(), ex);
		}
	}

	private static RuntimeException failure(PropertyPath path, PipeException ex) {
		return ex.getSetting()
			.<RuntimeException>map(
					(setting) -> path.invalid(setting.name(), setting.value(), String.valueOf(ex.getMessage()), ex))
			.orElseGet(() -> new PipeStartException(path, ex));
	}

	/**
	 * Builds a pipe.
	 *
	 * @param <P> the type of pipe
	 */
	@FunctionalInterface
	interface Build<P> {

		P build() throws PipeException;

	}

}
