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

package io.namedpipe;

import java.io.IOException;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * An operation on a pipe failed. Subclasses distinguish the cases that a caller can act
 * upon; the message names what failed, where, and what to do about it.
 */
public class PipeException extends IOException {

	private final @Nullable String address;

	public PipeException(String message) {
		this(message, null, null);
	}

	public PipeException(String message, @Nullable String address, @Nullable Throwable cause) {
		super(message, cause);
		this.address = address;
	}

	/**
	 * The path or full pipe name that the failure is about.
	 * @return the address, or empty where none was known yet
	 */
	public Optional<String> getAddress() {
		return Optional.ofNullable(this.address);
	}

}
