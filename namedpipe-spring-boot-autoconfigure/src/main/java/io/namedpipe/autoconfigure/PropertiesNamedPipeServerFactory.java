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

import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.namedpipe.PipeServer;
import io.namedpipe.autoconfigure.NamedPipeProperties.Server;
import io.namedpipe.integration.NamedPipeServer;

/**
 * Makes servers by their properties.
 */
class PropertiesNamedPipeServerFactory implements NamedPipeServerFactory {

	private final @Nullable Path directory;

	private final PipeBuilders builders;

	private final List<NamedPipeServerCustomizer> customizers;

	PropertiesNamedPipeServerFactory(@Nullable Path directory, PipeBuilders builders,
			List<NamedPipeServerCustomizer> customizers) {
		this.directory = directory;
		this.builders = builders;
		this.customizers = customizers;
	}

	@Override
	public NamedPipeServer createServer(String name, Server properties) {
		ServerSettings settings = ServerSettings.from(name, this.directory, properties);
		PipeServer.Builder pipe = PipeServer.builder(settings.pipe().pipeName());
		this.builders.apply(name, settings.pipe(), pipe);
		pipe.maxInstances(settings.maxInstances())
			.pendingInstances(settings.pendingInstances())
			.backlog(settings.backlog())
			.handshakeTimeout(settings.handshakeTimeout())
			.rejectRemoteClients(settings.rejectRemoteClients())
			.access(settings.access().policy());
		settings.maxConnectionsPerUser().ifPresent(pipe::maxConnectionsPerUser);
		NamedPipeServer.Builder server = NamedPipeServer.builder(name, pipe);
		this.builders.apply(settings.pipe(), server);
		if (settings.gateway() != null && settings.gateway().impersonateClient()) {
			// the identity is that of a platform thread
			server.virtualThreads(null);
		}
		this.customizers.forEach((customizer) -> customizer.customize(name, server));
		return this.builders.build(settings.pipe(), server::build);
	}

}
