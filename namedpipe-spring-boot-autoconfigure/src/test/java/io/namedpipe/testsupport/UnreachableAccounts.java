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

package io.namedpipe.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;

import io.namedpipe.transport.AccountDatabase;

/**
 * An account database whose directory server does not answer.
 */
public final class UnreachableAccounts implements AccountDatabase {

	@Override
	public String currentUserId() {
		throw failure();
	}

	@Override
	public Optional<String> userId(String name) {
		throw failure();
	}

	@Override
	public Optional<String> groupId(String name) {
		throw failure();
	}

	@Override
	public boolean knowsMemberships() {
		return true;
	}

	@Override
	public Set<String> groupIdsOf(String userId) {
		throw failure();
	}

	private static UncheckedIOException failure() {
		return new UncheckedIOException(new IOException("no directory server"));
	}

}
