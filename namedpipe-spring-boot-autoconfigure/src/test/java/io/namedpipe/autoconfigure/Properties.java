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

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/**
 * Binds {@code namedpipe.*} properties given as {@code key=value} pairs.
 */
final class Properties {

	private Properties() {
	}

	static NamedPipeProperties bind(String... pairs) {
		Map<String, String> source = new LinkedHashMap<>();
		Arrays.stream(pairs)
			.map((pair) -> pair.split("=", 2))
			.forEach((pair) -> source.put("namedpipe." + pair[0], pair[1]));
		return new Binder(new MapConfigurationPropertySource(source)).bindOrCreate("namedpipe",
				NamedPipeProperties.class);
	}

	static ServerSettings server(String... pairs) {
		NamedPipeProperties properties = bind(prefix("server.orders", pairs));
		return ServerSettings.from("orders", properties.getDirectory(), properties.getServer().get("orders"));
	}

	static ClientSettings client(String... pairs) {
		NamedPipeProperties properties = bind(prefix("client.billing", pairs));
		return ClientSettings.from("billing", properties.getDirectory(), properties.getClient().get("billing"));
	}

	static ProcessSettings process(String... pairs) {
		NamedPipeProperties properties = bind(prefix("process.worker", pairs));
		return ProcessSettings.from("worker", properties.getProcess().get("worker"));
	}

	private static String[] prefix(String prefix, String... pairs) {
		String[] result = new String[pairs.length + 1];
		result[0] = prefix + ".enabled=true";
		for (int i = 0; i < pairs.length; i++) {
			result[i + 1] = prefix + "." + pairs[i];
		}
		return result;
	}

}
