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

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import io.namedpipe.testsupport.UnreachableAccounts;
import io.namedpipe.transport.AccountDatabase;
import io.namedpipe.transport.ConnectOptions;
import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Whom a client takes for the user that its server has to be.
 */
@DisabledOnOs(OS.WINDOWS)
class ServerUserTests {

	private static final Path PIPE = Path.of("/run/p");

	private static void verify(String expected, String actual) throws TransportException {
		new ServerUser("user " + expected, expected).verify(PIPE,
				new PeerCredentials(null, actual, null, null, OptionalLong.empty()));
	}

	@Test
	void whenTheServerIsOfTheUserThenItIsTrusted() {
		assertThatNoException().isThrownBy(() -> verify("1000", "1000"));
	}

	@Test
	void whenTheServerIsOfAnotherUserThenItIsNotTrusted() {
		assertUntrusted("1000", "1001");
	}

	@Test
	void whenServerUserIsUnmappedThenItIsNeverTrusted() {
		assertUntrusted("65534", "65534");
		assertThatExceptionOfType(TransportException.class)
			.isThrownBy(() -> new ServerUser("user 65534", "65534").verifyOwner(PIPE, "65534"))
			.withMessageContaining("every user that has no number here");
	}

	@Test
	void whenAccountsCannotBeAskedThenThatIsNotAnUnknownUser() {
		AccountDatabase accounts = new UnreachableAccounts();

		for (String user : List.of("alice", ConnectOptions.CURRENT_USER)) {
			assertThatExceptionOfType(TransportException.class).as(user)
				.isThrownBy(() -> ServerUser.of(user, accounts))
				.withMessageContaining("'" + user + "'")
				.withMessageContaining("no directory server")
				.extracting(TransportException::getReason)
				.isEqualTo(Reason.IO);
		}
	}

	private static void assertUntrusted(String expected, String actual) {
		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> verify(expected, actual))
			.extracting(TransportException::getReason)
			.isEqualTo(Reason.UNTRUSTED_SERVER);
	}

}
