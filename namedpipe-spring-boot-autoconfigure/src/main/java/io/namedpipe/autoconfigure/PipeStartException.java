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
import io.namedpipe.transport.Setting;

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

	/**
	 * What to throw for a pipe that cannot be had: what names the property at fault, if
	 * there is one.
	 * @param path where the entry is configured
	 * @param reason why it cannot be had
	 * @return the exception
	 */
	static RuntimeException of(PropertyPath path, PipeException reason) {
		Setting setting = reason.getSetting().orElse(null);
		return (setting != null)
				? path.invalid(setting.name(), setting.value(), String.valueOf(reason.getMessage()), reason)
				: new PipeStartException(path, reason);
	}

	PropertyPath getPath() {
		return this.path;
	}

	PipeException getReason() {
		return this.reason;
	}

}
