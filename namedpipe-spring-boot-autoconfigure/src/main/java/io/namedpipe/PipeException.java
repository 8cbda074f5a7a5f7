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

import io.namedpipe.transport.Setting;
import io.namedpipe.transport.TransportException.Reason;

/**
 * An operation on a pipe failed. The message names what failed, where, and what to do
 * about it; the reason says the same to a program. Subclasses distinguish the cases that
 * applications catch on purpose.
 */
public class PipeException extends IOException {

	private final Reason reason;

	private final @Nullable String address;

	private final @Nullable Setting setting;

	public PipeException(String message) {
		this(message, null, null);
	}

	public PipeException(String message, @Nullable String address, @Nullable Throwable cause) {
		this(Reason.IO, message, address, cause);
	}

	public PipeException(Reason reason, String message, @Nullable String address, @Nullable Throwable cause) {
		this(reason, null, message, address, cause);
	}

	public PipeException(Reason reason, @Nullable Setting setting, String message, @Nullable String address,
			@Nullable Throwable cause) {
		super(message, cause);
		this.reason = reason;
		this.address = address;
		this.setting = setting;
	}

	/**
	 * Why it could not be done.
	 * @return the reason, {@link Reason#IO} where nothing more precise is known
	 */
	public final Reason getReason() {
		return this.reason;
	}

	/**
	 * The path or full pipe name that the failure is about.
	 * @return the address, or empty where none was known yet
	 */
	public Optional<String> getAddress() {
		return Optional.ofNullable(this.address);
	}

	/**
	 * The setting whose value is at fault, such as the principal of an access rule.
	 * @return the setting, or empty if no single one is
	 */
	public Optional<Setting> getSetting() {
		return Optional.ofNullable(this.setting);
	}

}
