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

import io.namedpipe.PipeException;
import io.namedpipe.autoconfigure.NamedPipeProperties.Client;
import io.namedpipe.integration.NamedPipeClient;

/**
 * Makes clients by their properties.
 */
class PropertiesNamedPipeClientFactory implements NamedPipeClientFactory {

	/** What comes through a handle may be answered through another at once. */
	private static final int WRITING_HANDLES_PHASE = NamedPipeClient.DEFAULT_PHASE - 2;

	private final ClientPropertiesMapper mapper;

	private final List<NamedPipeClientCustomizer> customizers;

	PropertiesNamedPipeClientFactory(PipePropertiesMapper mapper, List<NamedPipeClientCustomizer> customizers) {
		this.mapper = new ClientPropertiesMapper(mapper);
		this.customizers = customizers;
	}

	@Override
	public NamedPipeClient createClient(String name, Client properties) {
		NamedPipeClient.Builder builder = this.mapper.map(name, properties);
		this.customizers.forEach((customizer) -> customizer.customize(name, builder));
		NamedPipeClient client = build(PropertyPath.client(name), builder);
		if (properties.getHandle() != null && client.direction().canWrite()) {
			client.setPhase(WRITING_HANDLES_PHASE);
		}
		return client;
	}

	private static NamedPipeClient build(PropertyPath path, NamedPipeClient.Builder builder) {
		try {
			return builder.build();
		}
		catch (PipeException ex) {
			throw PipeStartException.of(path, ex);
		}
	}

}
