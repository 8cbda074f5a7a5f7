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

import java.util.regex.Pattern;

/**
 * Names of the beans of an entry.
 */
final class NamedPipeBeanNames {

	static final String INBOUND = "Inbound";

	static final String OUTBOUND = "Outbound";

	static final String GATEWAY = "Gateway";

	private static final Pattern ANY = Pattern.compile(".+NamedPipe((Server|Client|Process)(" + INBOUND + "|" + OUTBOUND
			+ "|" + GATEWAY + ")?(\\.handler)?|SocketFactory)");

	private NamedPipeBeanNames() {
	}

	/**
	 * Whether a name could be that of a bean of an entry.
	 * @param beanName the name
	 * @return {@code true} if it has the form
	 */
	static boolean matches(String beanName) {
		return ANY.matcher(beanName).matches();
	}

	static String server(String name) {
		return name + "NamedPipeServer";
	}

	static String client(String name) {
		return name + "NamedPipeClient";
	}

	static String process(String name) {
		return name + "NamedPipeProcess";
	}

	static String socketFactory(String name) {
		return name + "NamedPipeSocketFactory";
	}

	/**
	 * The handler behind a consuming endpoint, named as the framework names it.
	 * @param endpoint bean name of the endpoint
	 * @return bean name of the handler
	 */
	static String handler(String endpoint) {
		return endpoint + ".handler";
	}

}
