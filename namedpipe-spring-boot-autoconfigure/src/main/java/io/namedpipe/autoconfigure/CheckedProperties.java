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

import io.namedpipe.TransmissionMode;
import io.namedpipe.autoconfigure.NamedPipeProperties.Client;
import io.namedpipe.autoconfigure.NamedPipeProperties.Framing;
import io.namedpipe.autoconfigure.NamedPipeProperties.FromChild;
import io.namedpipe.autoconfigure.NamedPipeProperties.OneWayFraming;
import io.namedpipe.autoconfigure.NamedPipeProperties.Pipe;
import io.namedpipe.autoconfigure.NamedPipeProperties.Process;
import io.namedpipe.autoconfigure.NamedPipeProperties.Server;
import io.namedpipe.autoconfigure.NamedPipeProperties.ToChild;
import io.namedpipe.autoconfigure.NamedPipeProperties.WrittenFraming;
import io.namedpipe.framing.FramingType;

/**
 * Prepares the properties of an entry for a factory, which may be one of the application:
 * they are checked, by mapping them to a builder that is thrown away, and what is not set
 * has its default.
 */
final class CheckedProperties {

	private CheckedProperties() {
	}

	static Server server(String name, @Nullable Path directory, Server properties) {
		new ServerPropertiesMapper(common(directory)).map(name, properties);
		applyDefaults(name, properties);
		if (AccessPropertiesMapper.isCurrentUserOnly(properties.getAccess())) {
			properties.getAccess().setCurrentUserOnly(true);
		}
		return properties;
	}

	static Client client(String name, @Nullable Path directory, Client properties) {
		new ClientPropertiesMapper(common(directory)).map(name, properties);
		applyDefaults(name, properties);
		return properties;
	}

	private static PipePropertiesMapper common(@Nullable Path directory) {
		return new PipePropertiesMapper(directory, Framings.withoutBeans(), null, List.of());
	}

	private static void applyDefaults(String name, Pipe properties) {
		boolean named = !(properties instanceof Client client) || client.getHandle() == null;
		if (named && properties.getPipeName() == null) {
			properties.setPipeName(name);
		}
		if (properties.getTransmissionMode() != TransmissionMode.MESSAGE) {
			Framing framing = (properties.getFraming() != null) ? properties.getFraming() : new Framing();
			applyDefault(framing, FramingType.LENGTH_HEADER);
			properties.setFraming(framing);
		}
	}

	static Process process(String name, Process properties) {
		new ProcessPropertiesMapper(Framings.withoutBeans()).map(name, properties);
		ToChild toChild = properties.getToChild();
		if (toChild != null) {
			toChild.setFraming((toChild.getFraming() != null) ? toChild.getFraming() : new WrittenFraming());
			applyDefault(toChild.getFraming(), FramingType.LINE);
		}
		FromChild fromChild = properties.getFromChild();
		if (fromChild != null) {
			fromChild.setFraming((fromChild.getFraming() != null) ? fromChild.getFraming() : new OneWayFraming());
			applyDefault(fromChild.getFraming(), FramingType.LINE);
		}
		return properties;
	}

	private static void applyDefault(@Nullable OneWayFraming framing, FramingType type) {
		boolean both = false;
		if (framing instanceof Framing directions) {
			applyDefault(directions.getIn(), type);
			applyDefault(directions.getOut(), type);
			both = directions.getIn() != null && directions.getOut() != null;
		}
		if (framing != null && framing.getType() == null && !both) {
			framing.setType(type);
		}
	}

}
