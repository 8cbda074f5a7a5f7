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

import io.namedpipe.PipeException;

/**
 * A pipe of the configuration cannot be had.
 */
class PipeStartException extends RuntimeException {

	private final PropertyPath path;

	private final PipeException reason;

	PipeStartException(PropertyPath path, PipeException reason) {
		super("The pipe of '" + path.prefix() + "' cannot be started: " + reason.getMessage(), reason);
		this.path = path;
		this.reason = reason;
	}

	PropertyPath getPath() {
		return this.path;
	}

	PipeException getReason() {
		return this.reason;
	}

}
