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
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.namedpipe.testsupport.RequiresRoot;
import io.namedpipe.testsupport.TemporaryAccount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PosixAccounts}.
 */
@DisabledOnOs(OS.WINDOWS)
class PosixAccountsTests {

	private final UserPrincipalLookupService lookup = FileSystems.getDefault().getUserPrincipalLookupService();

	private final PosixAccounts accounts = PosixAccounts.get();

	@Test
	void whenThePrincipalHasAnAccountThenItsUidIsKnown() throws IOException {
		UserPrincipal root = this.lookup.lookupPrincipalByName("root");

		assertThat(this.accounts.userId(root)).isEqualTo("0");
	}

	@Test
	void whenAUidHasNoAccountThenItIsKnownAllTheSame() throws IOException {
		UserPrincipal nobodyInParticular = this.lookup.lookupPrincipalByName("54321");

		assertThat(this.accounts.userId(nobodyInParticular)).isEqualTo("54321");
	}

	@Test
	void whenAUidDoesNotFitASignedIntThenItIsStillDecimal() throws IOException {
		UserPrincipal large = this.lookup.lookupPrincipalByName("-1294967296");

		assertThat(this.accounts.userId(large)).isEqualTo("3000000000");
	}

	@Test
	void whenTheHashCodeIsNoUidThenTheIdCommandIsAsked() {
		UserPrincipal root = new NamedPrincipal("root", 4711);

		assertThat(this.accounts.userId(root)).isEqualTo("0");
	}

	@Test
	void whenNothingKnowsThePrincipalThenItsUidIsUnknown() {
		assertThat(this.accounts.userId(new NamedPrincipal("no-such-user-here", 4711))).isNull();
		assertThat(this.accounts.userId(new NamedPrincipal("--version", 4711))).isNull();
	}

	@Test
	void whenTheGroupIsKnownThenItsGidIs(@TempDir Path folder) throws IOException {
		Path file = Files.createFile(folder.resolve("file"));
		GroupPrincipal group = Files.readAttributes(file, PosixFileAttributes.class).group();

		assertThat(this.accounts.groupId(group)).isEqualTo(Files.getAttribute(file, "unix:gid").toString());
	}

	@Test
	void whenANameIsUnknownThenThereIsNoId() {
		assertThat(this.accounts.userId("root")).contains("0");
		assertThat(this.accounts.userId("no-such-user-here")).isEmpty();
		assertThat(this.accounts.userId("-5")).isEmpty();
		assertThat(this.accounts.groupId("daemon")).isPresent();
		assertThat(this.accounts.groupId("no-such-group-here")).isEmpty();
		assertThat(this.accounts.groupId("-5")).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "+0", "-0", "\u0660", "root\0x", " ", "" })
	void whenTextIsNoNameThenItIsNobodyElse(String name) {
		assertThat(this.accounts.userId(name)).isEmpty();
		assertThat(this.accounts.groupId(name)).isEmpty();
	}

	@Test
	void whenANumberIsGivenThenItIsTheIdWhateverItsSize() {
		assertThat(this.accounts.userId("54321")).contains("54321");
		assertThat(this.accounts.userId("4294967294")).contains("4294967294");
		assertThat(this.accounts.groupId("3000000000")).contains("3000000000");
		assertThat(this.accounts.userId("4294967295")).isEmpty();
		assertThat(this.accounts.userId("99999999999")).isEmpty();
	}

	@Test
	void whenAFileIsCreatedThenTheCurrentUserOwnsIt(@TempDir Path folder) throws IOException {
		Path file = Files.createFile(folder.resolve("file"));

		assertThat(this.accounts.currentUserId()).isEqualTo(Files.getAttribute(file, "unix:uid").toString());
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenBothWaysToMembershipsAreThereThenTheyAgree() throws IOException {
		assertThat(this.accounts.knowsMemberships()).isTrue();
		for (String uid : new String[] { "0", "1", "65534" }) {
			assertThat(new NativeMemberships().groupIdsOf(uid)).isNotEmpty()
				.isEqualTo(new CommandMemberships().groupIdsOf(uid));
		}
		assertThat(new NativeMemberships().groupIdsOf("54321")).isEmpty();
		assertThat(new CommandMemberships().groupIdsOf("54321")).isEmpty();
	}

	@Test
	void whenMembershipsWereJustAskedThenTheAnswerIsKept() {
		AtomicInteger asked = new AtomicInteger();
		AtomicLong clock = new AtomicLong();
		PosixAccounts accounts = new PosixAccounts((uid) -> Set.of(Integer.toString(asked.incrementAndGet())),
				clock::get);

		assertThat(accounts.groupIdsOf("1000")).containsExactly("1");
		clock.addAndGet(Duration.ofSeconds(29).toNanos());
		assertThat(accounts.groupIdsOf("1000")).containsExactly("1");
		clock.addAndGet(Duration.ofSeconds(2).toNanos());
		assertThat(accounts.groupIdsOf("1000")).containsExactly("2");
	}

	@Test
	@RequiresRoot
	void whenAUserWasJustLookedUpThenItsIdIsKept() throws IOException {
		AtomicLong clock = new AtomicLong();
		PosixAccounts accounts = new PosixAccounts(null, clock::get);
		String name;
		try (TemporaryAccount account = TemporaryAccount.create()) {
			name = account.name();
			assertThat(accounts.userId(name)).isPresent();
		}

		clock.addAndGet(Duration.ofSeconds(29).toNanos());
		assertThat(accounts.userId(name)).isPresent();
		clock.addAndGet(Duration.ofSeconds(2).toNanos());
		assertThat(accounts.userId(name)).isEmpty();
	}

	@Test
	void whenDatabaseIsUnreachableThenLookupFails() {
		PosixAccounts accounts = new PosixAccounts((uid) -> {
			throw new IOException("down");
		}, System::nanoTime);

		assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> accounts.groupIdsOf("1000"))
			.withMessageContaining("1000")
			.withMessageContaining("down");
	}

	@Test
	void whenThereIsNoWayToMembershipsThenItSaysSo() {
		PosixAccounts accounts = new PosixAccounts(null, System::nanoTime);

		assertThat(accounts.knowsMemberships()).isFalse();
		assertThat(accounts.groupIdsOf("0")).isEmpty();
	}

	private record NamedPrincipal(String name, int hash) implements UserPrincipal {

		@Override
		public String getName() {
			return this.name;
		}

		@Override
		public boolean equals(Object other) {
			return this == other;
		}

		@Override
		public int hashCode() {
			return this.hash;
		}

	}

}
