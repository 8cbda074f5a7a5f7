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
import io.namedpipe.autoconfigure.NamedPipeProperties.Server;
import io.namedpipe.integration.NamedPipeServer;

/**
 * Makes servers by their properties.
 */
class PropertiesNamedPipeServerFactory implements NamedPipeServerFactory {

	private final ServerPropertiesMapper mapper;

	private final List<NamedPipeServerCustomizer> customizers;

	PropertiesNamedPipeServerFactory(PipePropertiesMapper mapper, List<NamedPipeServerCustomizer> customizers) {
		this.mapper = new ServerPropertiesMapper(mapper);
		this.customizers = customizers;
	}

	@Override
	public NamedPipeServer createServer(String name, Server properties) {
		NamedPipeServer.Builder builder = this.mapper.map(name, properties);
		this.customizers.forEach((customizer) -> customizer.customize(name, builder));
		try {
			return builder.build();
		}
		catch (PipeException ex) {
			throw PipeStartException.of(PropertyPath.server(name), ex);
		}
	}

}
