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

package io.namedpipe.transport.unix.account;

import java.io.IOException;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * The names behind numeric user ids. An answer is kept for 30 seconds: the account
 * database may be on another machine. Thread-safe.
 */
public final class UserNames {

	private final AnswerCache<Integer, String> names = new AnswerCache<>(Duration.ofSeconds(30), System::nanoTime);

	/**
	 * The name of a user.
	 * @param uid the id
	 * @return the name, or the id in digits where there is no account
	 */
	public String nameOf(int uid) {
		String name = this.names.get(uid, () -> lookUp(uid));
		return (name != null) ? name : Integer.toUnsignedString(uid);
	}

	private static @Nullable String lookUp(int uid) {
		try {
			AccountEntry account = AccountEntry.of(uid);
			return (account != null) ? account.name() : Integer.toUnsignedString(uid);
		}
		catch (IOException ex) {
			return Integer.toUnsignedString(uid);
		}
	}

}
