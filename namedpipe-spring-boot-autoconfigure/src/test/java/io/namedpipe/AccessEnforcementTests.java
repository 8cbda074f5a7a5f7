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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.namedpipe.access.AccessRights;
import io.namedpipe.access.AccessRules;
import io.namedpipe.testsupport.JavaProcess;
import io.namedpipe.testsupport.OtherUser;
import io.namedpipe.testsupport.PeerProcess;
import io.namedpipe.testsupport.PipeConditions;
import io.namedpipe.testsupport.RequiresCommand;
import io.namedpipe.testsupport.RequiresRoot;
import io.namedpipe.testsupport.TemporaryAccount;
import io.namedpipe.transport.AccessPolicy;
import io.namedpipe.transport.TransportException.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Who gets in, with real other users: BEHAVIOUR 49 to 52, 54 and 55.
 */
@EnabledOnOs(OS.LINUX)
@RequiresRoot
@RequiresCommand({ "python3", "setpriv", "useradd" })
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
@ParameterizedClass
@EnumSource
class AccessEnforcementTests {

	private static final Duration SOON = Duration.ofSeconds(20);

	private static final OtherUser ROOT = OtherUser.of(0, 0);

	private static final OtherUser ALICE = OtherUser.of(54321, 54321);

	private static final OtherUser BOB = OtherUser.of(54322, 54322);

	private static final AccessPolicy ALICE_ONLY = AccessRules.builder()
		.allow("54321", AccessRights.READ_WRITE)
		.build();

	private final TransmissionMode mode;

	@TempDir
	private Path folder;

	private PipeServer server;

	AccessEnforcementTests(TransmissionMode mode) {
		this.mode = mode;
	}

	@BeforeEach
	void letEverybodyIntoTheFolder() throws IOException {
		Files.setPosixFilePermissions(this.folder, PosixFilePermissions.fromString("rwxr-xr-x"));
	}

	@AfterEach
	void stop() {
		if (this.server != null) {
			this.server.close();
		}
	}

	@Test
	void whenNothingIsConfiguredThenOnlyTheServersUserGetsIn() throws IOException {
		serve(AccessRules.currentUserOnly());

		assertThat(connect(ROOT)).isEqualTo("admitted");
		assertThat(connect(ALICE)).isEqualTo("refused");
		assertThat(permissions()).isEqualTo("rw-------");
	}

	@Test
	void whenAUserIsAllowedThenThatOneGetsIn() throws IOException {
		serve(ALICE_ONLY);

		assertThat(connect(ALICE)).isEqualTo("admitted");
		assertThat(connect(BOB)).isEqualTo("turned away");
		assertThat(connect(ROOT)).isEqualTo("admitted");
		assertThat(this.server.statistics().rejected(RejectReason.ACCESS)).isOne();
	}

	@Test
	void whenAUserIsDeniedThenTheAllowForEverybodyDoesNotHelp() throws IOException {
		serve(AccessRules.builder()
			.allow("Authenticated Users", AccessRights.READ_WRITE)
			.deny("54322", AccessRights.FULL_CONTROL)
			.build());

		assertThat(connect(ALICE)).isEqualTo("admitted");
		assertThat(connect(BOB)).isEqualTo("turned away");
	}

	@Test
	void whenAGroupIsAllowedThenItsSupplementaryMembersGetIn() throws IOException {
		try (TemporaryAccount account = TemporaryAccount.create()) {
			serve(AccessRules.builder().allow("group:" + account.groupName(), AccessRights.READ_WRITE).build());

			assertThat(connect(account.user())).isEqualTo("admitted");
			assertThat(connect(BOB)).isEqualTo("refused");
			assertThat(permissions()).isEqualTo("rw-rw----");
			assertThat(Files.getAttribute(path(), "unix:gid")).isEqualTo(account.user().groupIds().get(0));
		}
	}

	@Test
	void whenAGroupIsAllowedBesidesAUserThenTheCredentialsDecideAlone() throws IOException {
		try (TemporaryAccount account = TemporaryAccount.create()) {
			serve(AccessRules.builder()
				.allow("group:" + account.groupName(), AccessRights.READ_WRITE)
				.allow("54321", AccessRights.READ_WRITE)
				.build());

			assertThat(permissions()).isEqualTo("rw-rw-rw-");
			assertThat(connect(account.user())).isEqualTo("admitted");
			assertThat(connect(ALICE)).isEqualTo("admitted");
			assertThat(connect(BOB)).isEqualTo("turned away");
			// whatever the account database has: this process is not in the group
			assertThat(connect(account.userWithoutGroup())).isEqualTo("turned away");
		}
	}

	@Test
	void whenAUserIsNamedThenTheNameIsFoundInTheAccountDatabase() throws IOException {
		try (TemporaryAccount account = TemporaryAccount.create()) {
			serve(AccessRules.builder().allow(account.name(), AccessRights.READ_WRITE).build());
			AtomicReference<PipePeer> peer = new AtomicReference<>();

			try (PeerProcess client = account.user().client(this.mode, address())) {
				assertThat(client.ask("open")).isEqualTo("opened");
				assertThat(client.ask("exchange hello")).isEqualTo("admitted");
				peer.set(this.server.connections().iterator().next().peer());
			}

			assertThat(peer.get().user()).hasValue(account.name());
			assertThat(peer.get().userId()).hasValue(String.valueOf(account.user().userId()));
			assertThat(peer.get().groupId()).hasValue(String.valueOf(account.user().groupId()));
		}
	}

	@Test
	void whenAPrincipalIsUnknownThenTheStartFailsAndNamesIt() {
		for (String principal : List.of("no-such-user", "group:no-such-group", "DOMAIN\\alice")) {
			PipeServer server = server(AccessRules.builder().allow(principal, AccessRights.READ).build());

			assertThatExceptionOfType(PipeException.class).isThrownBy(server::start)
				.has(PipeConditions.reason(Reason.INVALID_ACCESS))
				.withMessageContaining("'" + principal + "'");

			assertThat(path()).doesNotExist();
		}
	}

	@Test
	void whenTheSddlOfTheSampleIsUsedThenEveryLocalUserGetsIn() throws IOException {
		serve(AccessRules.sddl("D:(A;OICI;GRGW;;;AU)(A;OICI;GA;;;BA)"));

		assertThat(connect(ALICE)).isEqualTo("admitted");
		assertThat(connect(ROOT)).isEqualTo("admitted");
		assertThat(connect(OtherUser.of(65534, 65534))).isEqualTo("turned away");
	}

	@Test
	void whenARuleMatchesNobodyThenTheStartWarnsOfIt(CapturedOutput output) throws IOException {
		serve(AccessRules.sddl("D:(A;;GA;;;BA)(A;;GRGW;;;S-1-5-21-1-2-3-1000)"));

		assertThat(output).containsOnlyOnce("An access rule for S-1-5-21-1-2-3-1000 matches nobody on this system");
	}

	@Test
	void whenAUserMayOnlyReadThenWhatItSendsIsNotRead() throws Exception {
		this.server = server(AccessRules.builder().allow("54321", AccessRights.READ).build());
		this.server.start();
		this.server.serve((connection) -> {
			assertThatExceptionOfType(PipeAccessDeniedException.class)
				.isThrownBy(() -> connection.read(ByteBuffer.allocate(10)));
			connection.write(ByteBuffer.wrap("news".getBytes(StandardCharsets.UTF_8)));
		});

		try (PeerProcess client = ALICE.client(this.mode, address())) {
			assertThat(client.ask("open")).isEqualTo("opened");
			assertThat(client.ask("receive")).isEqualTo("news");
		}
	}

	@Test
	void whenAUserMayOnlyWriteThenNothingIsWrittenToIt() throws Exception {
		List<String> events = new CopyOnWriteArrayList<>();
		this.server = server(AccessRules.builder().allow("54321", AccessRights.WRITE).build());
		this.server.start();
		this.server.serve((connection) -> {
			ByteBuffer buffer = ByteBuffer.allocate(10);
			connection.read(buffer);
			events.add("received " + new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8));
			try {
				connection.write(ByteBuffer.wrap(new byte[1]));
			}
			catch (PipeAccessDeniedException ex) {
				events.add("may not write");
			}
		});

		try (PeerProcess client = ALICE.client(this.mode, address())) {
			assertThat(client.ask("open")).isEqualTo("opened");
			assertThat(client.ask("exchange report")).isEqualTo("turned away");
		}
		await().atMost(SOON)
			.untilAsserted(() -> assertThat(events).containsExactly("received report", "may not write"));
	}

	@Test
	void whenDeniedUserTriesThousandTimesThenPermittedOneIsServed(CapturedOutput output) throws Exception {
		List<String> reasons = new CopyOnWriteArrayList<>();
		this.server = serverBuilder(ALICE_ONLY).listener(new PipeListener() {

			@Override
			public void rejected(PipePeer peer, RejectReason reason, String message) {
				reasons.add(reason.tag() + " " + peer.userId().orElse("?"));
			}

		}).build();
		this.server.start();
		this.server.serve(AccessEnforcementTests::echo);
		try (PeerProcess denied = BOB.client(this.mode, address())) {
			medianOfExchanges();
			Duration undisturbed = medianOfExchanges();

			PeerProcess permitted = ALICE.client(this.mode, address());
			denied.send("connect 1000");
			Duration disturbed = medianOfExchanges();

			assertThat(denied.nextLine()).isEqualTo("turned away 1000");
			assertThat(permitted.ask("connect")).isEqualTo("admitted");
			permitted.close();
			System.out.printf(
					"median of connect and exchange in %s mode: %s us, with a denied client in a loop %s us%n",
					this.mode, undisturbed.toNanos() / 1000, disturbed.toNanos() / 1000);
			assertThat(disturbed).isLessThan(undisturbed.plusMillis(50));
		}
		assertThat(this.server.statistics().rejected(RejectReason.ACCESS)).isEqualTo(1000);
		await().untilAsserted(() -> assertThat(reasons).hasSize(1000));
		assertThat(reasons).containsOnly("access 54322");
		assertThat(output).doesNotContain("denied for");
	}

	// a stall of the machine makes a few exchanges slow, and not half of them
	private Duration medianOfExchanges() throws IOException {
		List<Long> nanos = new ArrayList<>();
		PipeClient client = PipeClient.builder(address()).transmissionMode(this.mode).build();
		for (int i = 0; i < 300; i++) {
			long start = System.nanoTime();
			try (PipeConnection connection = client.connect()) {
				connection.write(ByteBuffer.wrap(new byte[] { 1 }));
				assertThat(connection.read(ByteBuffer.allocate(1))).isOne();
			}
			nanos.add(System.nanoTime() - start);
		}
		client.close();
		nanos.sort(null);
		return Duration.ofNanos(nanos.get(nanos.size() / 2));
	}

	@Test
	void whateverTheUmaskIsThenNobodyGetsInWhileTheServerStarts() throws Exception {
		for (String umask : List.of("000", "077")) {
			try (JavaProcess process = JavaProcess.of(RestartingServer.class, this.mode.name(), address(), "50")
				.launchedBy("sh", "-c", "umask " + umask + "; exec \"$@\"", "sh")
				.start(); PeerProcess denied = ALICE.client(this.mode, address())) {
				assertThat(process.nextLine()).isEqualTo("ready");
				assertThat(denied.ask("hammer")).isEqualTo("hammering");
				process.send("go");
				assertThat(process.nextLine()).isEqualTo("done");

				String results = denied.ask("stop");

				assertThat(results).doesNotContain("admitted");
				assertThat(results).containsAnyOf("refused", "turned away");
			}
		}
	}

	@Test
	void whateverTheUmaskIsThenWhoIsAllowedGetsIn() throws Exception {
		for (String umask : List.of("000", "077")) {
			try (JavaProcess process = JavaProcess.of(RestartingServer.class, this.mode.name(), address(), "0", "54321")
				.launchedBy("sh", "-c", "umask " + umask + "; exec \"$@\"", "sh")
				.start()) {
				assertThat(process.nextLine()).isEqualTo("ready");
				process.send("go");
				assertThat(process.nextLine()).isEqualTo("done");

				assertThat(connect(ALICE)).isEqualTo("admitted");
				assertThat(connect(BOB)).isEqualTo("turned away");
			}
		}
	}

	@Test
	void whenServerRunsAsClientThenOnlyFilesOfClientAreReadable() throws Exception {
		Path clients = file("client's", 54321);
		Path servers = file("server's", 0);
		AtomicReference<Throwable> failure = new AtomicReference<>();
		this.server = server(ALICE_ONLY);
		this.server.start();
		assertThat(this.server.runAsClientObstacle()).isEmpty();
		this.server.serve((connection) -> {
			try {
				connection.read(ByteBuffer.allocate(100));
				assertThatExceptionOfType(AccessDeniedException.class)
					.isThrownBy(() -> connection.runAsClient(() -> Files.readString(servers)));
				assertThat(Files.readString(servers)).isEqualTo("server's");
				String content = connection.runAsClient(() -> Files.readString(clients));
				connection.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
			}
			catch (AssertionError ex) {
				failure.set(ex);
			}
		});

		try (PeerProcess client = ALICE.client(this.mode, address())) {
			assertThat(client.ask("open")).isEqualTo("opened");
			assertThat(client.ask("exchange client's")).isEqualTo("admitted");
		}
		assertThat(failure).hasNullValue();
	}

	@Test
	void whenAGroupIsDeniedThenItCountsOnlyForProcessesThatHaveIt() throws IOException {
		try (TemporaryAccount account = TemporaryAccount.create()) {
			serve(AccessRules.builder()
				.deny("group:" + account.groupName(), AccessRights.FULL_CONTROL)
				.allow("Everyone", AccessRights.READ_WRITE)
				.build());

			assertThat(connect(account.user())).isEqualTo("turned away");
			assertThat(connect(account.userWithoutGroup())).isEqualTo("admitted");
			// in the group, which its account is not
			assertThat(connect(OtherUser.of(ALICE.userId(), ALICE.groupId(), account.user().groupIds().get(0))))
				.isEqualTo("turned away");
		}
	}

	@Test
	void whenAClientHasDroppedItsGroupsThenTheServerRunsWithoutThem() throws Exception {
		try (TemporaryAccount account = TemporaryAccount.create()) {
			this.server = server(AccessRules.builder().allow(account.name(), AccessRights.READ_WRITE).build());
			this.server.start();
			this.server.serve((connection) -> {
				String groups = connection.runAsClient(() -> Files.readString(Path.of("/proc/thread-self/status")))
					.replaceAll("(?s).*\nGroups:\\s*([0-9 ]*?) *\n.*", "$1");
				connection.write(ByteBuffer.wrap(("groups " + groups).getBytes(StandardCharsets.UTF_8)));
			});

			assertThat(groupsAsClient(account.user())).isEqualTo("groups " + account.user().groupIds().get(0));
			assertThat(groupsAsClient(account.userWithoutGroup())).isEqualTo("groups ");
		}
	}

	private String groupsAsClient(OtherUser user) throws IOException {
		try (PeerProcess client = user.client(this.mode, address())) {
			assertThat(client.ask("open")).isEqualTo("opened");
			return client.ask("receive");
		}
	}

	@Test
	void whenServerIsOfAnotherUserThenThatUserAndRootConnect() throws Exception {
		Path shared = Files.createDirectory(this.folder.resolve("shared"));
		Files.setAttribute(shared, "unix:mode", 01777);
		String address = shared.resolve("pipe").toString();
		try (JavaProcess process = JavaProcess.of(RestartingServer.class, this.mode.name(), address, "0")
			.readableByAll(this.folder.resolve("classes"))
			.launchedBy(ALICE.launcher())
			.start()) {
			assertThat(process.nextLine()).isEqualTo("ready");
			process.send("go");
			assertThat(process.nextLine()).isEqualTo("done");

			assertThat(ALICE.connect(this.mode, address)).isEqualTo("admitted");
			assertThat(ROOT.connect(this.mode, address)).isEqualTo("admitted");
			assertThat(BOB.connect(this.mode, address)).isEqualTo("refused");
			assertThatExceptionOfType(PipeException.class).isThrownBy(() -> client(address, "current-user"))
				.has(PipeConditions.reason(Reason.UNTRUSTED_SERVER))
				.withMessageContaining("54321");
			client(address, "54321");
			assertThatExceptionOfType(PipeNameInUseException.class)
				.isThrownBy(PipeServer.builder(address).transmissionMode(this.mode).build()::start);
			process.send("obstacle");
			assertThat(process.nextLine()).isEqualTo("the server has to run as root");
		}
		// killed: its socket is stale now, but not ours to remove
		assertThatExceptionOfType(PipeNameInUseException.class)
			.isThrownBy(PipeServer.builder(address).transmissionMode(this.mode).build()::start)
			.withMessageContaining("54321");
		assertThat(Path.of(address)).exists();
	}

	private void client(String address, String serverUser) throws IOException {
		try (PipeClient client = PipeClient.builder(address)
			.transmissionMode(this.mode)
			.verifyServerUser(serverUser)
			.build(); PipeConnection connection = client.connect()) {
			connection.write(ByteBuffer.wrap(new byte[1]));
			assertThat(connection.read(ByteBuffer.allocate(1))).isOne();
		}
	}

	@Test
	void whenOneUserTakesAllItMayThenAnotherStillGetsIn() throws Exception {
		this.server = serverBuilder(AccessRules.builder().allow("Authenticated Users", AccessRights.READ_WRITE).build())
			.maxConnectionsPerUser(2)
			.build();
		this.server.start();
		this.server.serve(AccessEnforcementTests::echo);
		try (PeerProcess first = ALICE.client(this.mode, address());
				PeerProcess second = ALICE.client(this.mode, address())) {
			assertThat(first.ask("open")).isEqualTo("opened");
			assertThat(first.ask("exchange 1")).isEqualTo("admitted");
			assertThat(second.ask("open")).isEqualTo("opened");
			assertThat(second.ask("exchange 2")).isEqualTo("admitted");

			assertThat(connect(ALICE)).isEqualTo("turned away");
			assertThat(connect(BOB)).isEqualTo("admitted");
		}
		assertThat(this.server.statistics().rejected(RejectReason.USER_LIMIT)).isOne();
		await().atMost(SOON).until(() -> this.server.instanceCount() == 0);
		assertThat(connect(ALICE)).isEqualTo("admitted");
	}

	private void serve(AccessPolicy access) throws IOException {
		this.server = server(access);
		this.server.start();
		this.server.serve(AccessEnforcementTests::echo);
	}

	private PipeServer server(AccessPolicy access) {
		try {
			return serverBuilder(access).build();
		}
		catch (PipeException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private PipeServer.Builder serverBuilder(AccessPolicy access) {
		return PipeServer.builder(address()).transmissionMode(this.mode).access(access);
	}

	private String connect(OtherUser user) throws IOException {
		return user.connect(this.mode, address());
	}

	private Path path() {
		return this.folder.resolve("pipe");
	}

	private String address() {
		return path().toString();
	}

	private String permissions() throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(path()));
	}

	private Path file(String content, int userId) throws IOException {
		Path file = Files.writeString(this.folder.resolve(content), content);
		Files.setAttribute(file, "unix:uid", userId);
		Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
		return file;
	}

	private static void echo(PipeConnection connection) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocate(1000);
		while (connection.read(buffer) >= 0) {
			connection.write(buffer.flip());
			buffer.clear();
		}
	}

	/**
	 * An echo server in a process of its own: mode, address, number of restarts before it
	 * stays, user that is allowed.
	 */
	static final class RestartingServer {

		private RestartingServer() {
		}

		public static void main(String[] args) throws Exception {
			PipeServer server = PipeServer.builder(args[1])
				.transmissionMode(TransmissionMode.valueOf(args[0]))
				.access((args.length < 4) ? AccessRules.currentUserOnly()
						: AccessRules.builder().allow(args[3], AccessRights.READ_WRITE).build())
				.build();
			System.out.println("ready");
			System.in.read();
			for (int restarts = Integer.parseInt(args[2]); restarts > 0; restarts--) {
				server.start();
				server.serve(AccessEnforcementTests::echo);
				server.stop();
			}
			server.start();
			server.serve(AccessEnforcementTests::echo);
			System.out.println("done");
			while (System.in.read() >= 0) {
				if (System.in.available() == 0) {
					System.out.println(server.runAsClientObstacle().orElse("none"));
				}
			}
		}

	}

}
