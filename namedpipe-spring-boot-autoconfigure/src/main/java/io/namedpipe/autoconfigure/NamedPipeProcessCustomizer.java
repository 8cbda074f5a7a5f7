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

import io.namedpipe.integration.NamedPipeProcess;

/**
 * Changes child processes made from the configuration, after the properties were applied.
 * Beans of this type are called in their order.
 */
@FunctionalInterface
public interface NamedPipeProcessCustomizer {

	/**
	 * Customizes a process.
	 * @param name the logical name
	 * @param builder builds the process; what is below it is set on its {@code pipe()}.
	 * What is set here stays as it is
	 */
	void customize(String name, NamedPipeProcess.Builder builder);

}
