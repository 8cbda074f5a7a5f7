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

package io.namedpipe.transport.windows;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.windows.WindowsAccounts.Account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link WindowsAccounts} with answers that no Windows is needed for.
 */
class WindowsAccountsTests {

	private static final Map<String, Account> ACCOUNTS = Map.of("alice", new Account("S-1-5-21-1-2-3-1000", 1), "devs",
			new Account("S-1-5-21-1-2-3-2000", 4), "build01", new Account("S-1-5-21-1-2-3", 3), "build01\\build01",
			new Account("S-1-5-21-1-2-3-1001", 1), "corp", new Account("S-1-5-21-4-5-6", 3));

	private final List<String> asked = new ArrayList<>();

	private final WindowsAccounts accounts = new WindowsAccounts((name) -> {
		this.asked.add(name);
		return ACCOUNTS.get(name);
	});

	@Test
	void whenAnAccountIsKnownThenItIsFoundByItsKind() {
		assertThat(this.accounts.userId("alice")).hasValue("S-1-5-21-1-2-3-1000");
		assertThat(this.accounts.groupId("alice")).isEmpty();
		assertThat(this.accounts.groupId("devs")).hasValue("S-1-5-21-1-2-3-2000");
		assertThat(this.accounts.userId("devs")).isEmpty();
		assertThat(this.accounts.userId("mallory")).isEmpty();
	}

	@Test
	void whenAnAccountIsNamedLikeItsMachineThenItIsTheAccount() {
		assertThat(this.accounts.userId("build01")).hasValue("S-1-5-21-1-2-3-1001");
		assertThat(this.accounts.userId("corp")).isEmpty();
		assertThat(this.asked).containsExactly("build01", "build01\\build01", "corp", "corp\\corp");
	}

	@Test
	void whenANameCannotBeOneThenNobodyIsAsked() {
		assertThat(this.accounts.userId(" ")).isEmpty();
		assertThat(this.accounts.userId("ali\0ce")).isEmpty();
		assertThat(this.asked).isEmpty();
	}

	@Test
	void whenNobodyCanBeAskedThenThatIsNotAnUnknownAccount() {
		WindowsAccounts unreachable = new WindowsAccounts((name) -> {
			throw new TransportException(Reason.IO, "no domain controller");
		});

		assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> unreachable.userId("CORP\\alice"))
			.withMessageContaining("CORP\\alice")
			.withMessageContaining("no domain controller");
		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> ServerOwner.of("CORP\\alice", unreachable))
			.withMessageContaining("CORP\\alice")
			.withMessageContaining("no domain controller")
			.extracting(TransportException::getReason)
			.isEqualTo(Reason.IO);
	}

	@ParameterizedTest
	@ValueSource(ints = { 5, 1311, 1355, 1722, 1788, 1789 })
	void whenADirectoryServerFailsThenTheAccountIsNotUnknown(int error) {
		assertThat(WindowsAccounts.isUnknown(error)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(ints = { 87, 123, 1332 })
	void whenThereIsNoSuchNameThenTheAccountIsUnknown(int error) {
		assertThat(WindowsAccounts.isUnknown(error)).isTrue();
	}

}
