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

import io.namedpipe.autoconfigure.ClientSettings.ReconnectSettings;
import io.namedpipe.autoconfigure.NamedPipeProperties.Client;
import io.namedpipe.integration.NamedPipeClient;
import io.namedpipe.integration.ReconnectBackoff;

/**
 * Makes clients by their properties.
 */
class PropertiesNamedPipeClientFactory implements NamedPipeClientFactory {

	/** What comes through a handle may be answered through another at once. */
	private static final int WRITING_HANDLES_PHASE = NamedPipeClient.DEFAULT_PHASE - 2;

	private final @Nullable Path directory;

	private final PipeBuilders builders;

	private final List<NamedPipeClientCustomizer> customizers;

	PropertiesNamedPipeClientFactory(@Nullable Path directory, PipeBuilders builders,
			List<NamedPipeClientCustomizer> customizers) {
		this.directory = directory;
		this.builders = builders;
		this.customizers = customizers;
	}

	@Override
	public NamedPipeClient createClient(String name, Client properties) {
		ClientSettings settings = ClientSettings.from(name, this.directory, properties);
		String handle = settings.handle();
		NamedPipeClient.Builder builder = NamedPipeClient.builder(name, this.builders.client(name, settings))
			.startupFailure(settings.startupFailure())
			.reconnect(backoff(settings.reconnect()))
			.once(handle != null);
		this.builders.apply(settings.pipe(), builder);
		this.customizers.forEach((customizer) -> customizer.customize(name, builder));
		NamedPipeClient client = this.builders.build(settings.pipe(), builder::build);
		if (handle != null && client.direction().canWrite()) {
			client.setPhase(WRITING_HANDLES_PHASE);
		}
		return client;
	}

	private static ReconnectBackoff backoff(ReconnectSettings settings) {
		return new ReconnectBackoff(settings.delay(), settings.multiplier(), settings.maxDelay(), settings.jitter());
	}

}
