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

package io.namedpipe.integration;

import java.io.UncheckedIOException;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.namedpipe.PipeException;

/**
 * A pipe has not started. The cause says why.
 */
public class NamedPipeStartException extends UncheckedIOException {

	private final @Nullable String beanName;

	NamedPipeStartException(String message, @Nullable String beanName, PipeException cause) {
		super(message, cause);
		this.beanName = beanName;
	}

	/**
	 * The name of the server, client or process as a bean.
	 * @return the name, or empty if the pipe is no bean
	 */
	public Optional<String> getBeanName() {
		return Optional.ofNullable(this.beanName);
	}

}
