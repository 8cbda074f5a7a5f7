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

import java.util.HashMap;
import java.util.Map;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

import io.namedpipe.autoconfigure.NamedPipeProperties.Client;
import io.namedpipe.autoconfigure.NamedPipeProperties.Entry;
import io.namedpipe.autoconfigure.NamedPipeProperties.Process;
import io.namedpipe.autoconfigure.NamedPipeProperties.Server;

/**
 * The logical names in use. Beans, meters and health are known by them, so that servers,
 * clients and processes share one space of names.
 */
final class LogicalNames {

	private final Map<String, PropertyPath> owners = new HashMap<>();

	private LogicalNames() {
	}

	static void verifyUnique(NamedPipeProperties properties) {
		LogicalNames names = new LogicalNames();
		for (Map.Entry<String, Server> server : properties.getServer().entrySet()) {
			names.add(server.getKey(), PropertyPath.server(server.getKey()), server.getValue());
		}
		for (Map.Entry<String, Client> client : properties.getClient().entrySet()) {
			names.add(client.getKey(), PropertyPath.client(client.getKey()), client.getValue());
		}
		for (Map.Entry<String, Process> process : properties.getProcess().entrySet()) {
			names.add(process.getKey(), PropertyPath.process(process.getKey()), process.getValue());
		}
	}

	private void add(String name, PropertyPath path, Entry entry) {
		PropertyPath owner = (entry.isEnabled()) ? this.owners.putIfAbsent(name, path) : null;
		if (owner != null) {
			throw new InvalidConfigurationPropertyValueException(path.prefix(), name,
					("The logical name is taken by '%s'. Servers, clients and processes share one space of names; "
							+ "choose another key (a pipe-name can be given apart from it)")
						.formatted(owner.prefix()));
		}
	}

}
