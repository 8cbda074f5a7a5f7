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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import io.namedpipe.testsupport.NotUnderWine;
import io.namedpipe.testsupport.WineLimit;
import io.namedpipe.transport.ImpersonationLevel;
import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.Transport;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.TransportListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Who is at the other end, and running as the client.
 */
@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
class WindowsIdentityTests {

	private static final String NAME = "identity-tests";

	private final Transport transport = new WindowsTransport();

	private final String me = new WindowsAccounts().currentUserId();

	private TransportListener listener;

	private TransportChannel client;

	private TransportChannel server;

	@BeforeEach
	void connect() throws Exception {
		connect(ImpersonationLevel.IMPERSONATION);
	}

	private void connect(ImpersonationLevel level) throws TransportException {
		this.listener = this.transport.listen(Options.of(NAME).listen());
		this.client = this.transport.connect(Options.of(NAME).impersonation(level).connect());
		this.server = this.listener.accept();
	}

	@AfterEach
	void close() {
		this.client.close();
		this.server.close();
		this.listener.close();
	}

	private void reconnect(ImpersonationLevel level) throws TransportException {
		close();
		connect(level);
	}

	private void exchange() throws IOException {
		this.client.write(new ByteBuffer[] { ByteBuffer.allocate(1) }, 0, 1);
		assertThat(this.server.read(ByteBuffer.allocate(1))).isEqualTo(1);
	}

	@Test
	void processesKnowEachOtherAtOnce() {
		long pid = this.server.peer().processId().orElseThrow();
		assertThat(pid).isPositive();
		assertThat(this.client.peer().processId()).hasValue(pid);
	}

	@Test
	void userIsKnownOnceTheClientIsConnected() {
		PeerCredentials peer = this.server.peer();
		assertThat(peer.userId()).isEqualTo(this.me);
		assertThat(peer.user()).endsWith("\\" + System.getProperty("user.name"));
		assertThat(peer.describe()).contains(this.me);
	}

	@Test
	@NotUnderWine(WineLimit.IMPERSONATION_IS_OF_SELF)
	void clientThatStaysAnonymousIsUnknown() throws Exception {
		reconnect(ImpersonationLevel.ANONYMOUS);
		exchange();
		assertThat(this.server.peer().userId()).isNull();
	}

	// 55
	@Test
	void taskRunsAsTheClientAndOtherThreadsDoNot() throws Exception {
		exchange();

		int[] levels = this.server.runAsPeer(() -> {
			int[] other = new int[1];
			Thread thread = new Thread(() -> other[0] = impersonationLevelOrFail());
			thread.start();
			thread.join();
			return new int[] { impersonationLevel(), other[0] };
		});

		assertThat(levels).containsExactly(Advapi32.SECURITY_IMPERSONATION, -1);
		assertThat(impersonationLevel()).isEqualTo(-1);
	}

	private static int impersonationLevelOrFail() {
		try {
			return impersonationLevel();
		}
		catch (TransportException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void identityIsGivenToNobodyWhoIsNotVerified() {
		Options options = Options.of(NAME).impersonation(ImpersonationLevel.IMPERSONATION);
		assertThat(WindowsTransport.qualityOfService(options.connect())).isEqualTo(0x120000);
		assertThat(WindowsTransport.qualityOfService(options.verifyServerUser(this.me).connect())).isEqualTo(0x160000);
		assertThat(WindowsTransport.qualityOfService(Options.of(NAME).verifyServerUser(this.me).connect()))
			.isEqualTo(0x110000);
	}

	@Test
	void taskWithinATaskIsRefusedAndTheIdentityStays() throws Exception {
		exchange();

		int level = this.server.runAsPeer(() -> {
			assertThatExceptionOfType(TransportException.class).isThrownBy(() -> this.server.runAsPeer(() -> 1))
				.extracting(TransportException::getReason)
				.isEqualTo(Reason.UNSUPPORTED);
			return impersonationLevel();
		});

		assertThat(level).isEqualTo(Advapi32.SECURITY_IMPERSONATION);
	}

	@Test
	void readFromAnotherClientDoesNotEndTheIdentity() throws Exception {
		exchange();
		try (TransportChannel otherClient = this.transport.connect(Options.of(NAME).connect());
				TransportChannel otherServer = this.listener.accept()) {
			otherClient.write(new ByteBuffer[] { ByteBuffer.allocate(2) }, 0, 1);

			int level = this.server.runAsPeer(() -> {
				assertThat(otherServer.read(ByteBuffer.allocate(1))).isEqualTo(1);
				return impersonationLevel();
			});

			assertThat(level).isEqualTo(Advapi32.SECURITY_IMPERSONATION);
			assertThat(otherServer.peer().userId()).isEqualTo(this.me);
		}
	}

	private static int impersonationLevel() throws TransportException {
		long[] token = new long[1];
		if (!Advapi32.OpenThreadToken(Kernel32.CURRENT_THREAD, Advapi32.TOKEN_QUERY, true, token)) {
			return -1;
		}
		try (var level = Tokens.information(token[0], Advapi32.TOKEN_IMPERSONATION_LEVEL)) {
			return level.getInt(0);
		}
		finally {
			Kernel32.CloseHandle(token[0]);
		}
	}

	// 55
	@Test
	void exceptionOfTheTaskComesThroughAndNeitherIdentityNorHandleStays() throws Exception {
		exchange();
		runFailingTask();
		assertThat(impersonationLevel()).isEqualTo(-1);
		int before = NativeProcess.handleCount();

		for (int i = 0; i < 20; i++) {
			runFailingTask();
		}

		assertThat(NativeProcess.hasNoMoreHandlesThan(before)).isTrue();
	}

	private void runFailingTask() {
		assertThatIllegalStateException().isThrownBy(() -> this.server.runAsPeer(() -> {
			throw new IllegalStateException("of the task");
		})).withMessage("of the task");
	}

	@Test
	void clientCannotRunAsItsServer() {
		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> this.client.runAsPeer(() -> 1))
			.extracting(TransportException::getReason)
			.isEqualTo(Reason.UNSUPPORTED);
	}

	@Test
	void nothingRunsAsTheClientOfAClosedChannel() throws Exception {
		exchange();
		this.server.close();
		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> this.server.runAsPeer(() -> 1))
			.extracting(TransportException::getReason)
			.isEqualTo(Reason.CLOSED);
	}

	@Test
	@NotUnderWine(WineLimit.IMPERSONATION_IS_OF_SELF)
	void nothingRunsAsAClientThatIsStillToVerifyTheServer() throws Exception {
		close();
		this.listener = this.transport.listen(Options.of(NAME).listen());
		this.client = this.transport.connect(
				Options.of(NAME).verifyServerUser(this.me).impersonation(ImpersonationLevel.IMPERSONATION).connect());
		this.server = this.listener.accept();
		assertThat(this.server.peer().userId()).isNull();
		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> this.server.runAsPeer(() -> 1))
			.extracting(TransportException::getReason)
			.isEqualTo(Reason.ACCESS_DENIED);
	}

	@Test
	@NotUnderWine(WineLimit.IMPERSONATION_IS_OF_SELF)
	void nothingRunsAsAClientThatOnlyIdentifiesItself() throws Exception {
		reconnect(ImpersonationLevel.IDENTIFICATION);
		exchange();
		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> this.server.runAsPeer(() -> 1))
			.withMessageContaining("impersonation-level")
			.extracting(TransportException::getReason)
			.isEqualTo(Reason.ACCESS_DENIED);
	}

	@Test
	void levelBelowImpersonationIsRefused() throws Exception {
		for (int level : new int[] { 0, 1 }) {
			assertThatExceptionOfType(TransportException.class).isThrownBy(() -> ClientIdentity.checkLevel(level))
				.extracting(TransportException::getReason)
				.isEqualTo(Reason.ACCESS_DENIED);
		}
		ClientIdentity.checkLevel(2);
		ClientIdentity.checkLevel(3);
	}

}
