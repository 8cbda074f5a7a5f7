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

package io.namedpipe.transport.unix.identity;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Exchanger;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.IntStream;

import com.sun.jna.Native;
import com.sun.jna.Platform;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.namedpipe.testsupport.RequiresRoot;
import io.namedpipe.transport.AccountDatabase;
import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.PeerIdentityError;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.unix.account.PosixAccounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link RunAs} with real other users.
 */
@EnabledOnOs(OS.LINUX)
@RequiresRoot
@ExtendWith(OutputCaptureExtension.class)
class RunAsTests {

	private static final String CLIENT = "54321";

	private static final String GROUP = "54322";

	/** As much of a name as the kernel keeps. */
	private static final String COMMON_POOL = "ForkJoinPool.co";

	private static final Set<String> GROUPS = Set.of("54323", "54324");

	@TempDir
	private Path folder;

	@BeforeEach
	void letEverybodyIntoTheFolder() throws IOException {
		assertThat(RunAs.obstacle()).isEmpty();
		Files.setPosixFilePermissions(this.folder, PosixFilePermissions.fromString("rwxr-xr-x"));
	}

	@Test
	void whenAFileIsTheClientsThenItIsRead() throws Exception {
		Path file = file("client's", CLIENT, "0", "rw-------");

		assertThat(asClient(() -> Files.readString(file))).isEqualTo("client's");
	}

	@Test
	void whenAFileIsOfAGroupOfTheClientThenItIsRead() throws Exception {
		Path primary = file("primary", "0", GROUP, "r--r-----");
		Path supplementary = file("supplementary", "0", "54324", "r--r-----");
		Path other = file("other", "0", "54325", "r--r-----");

		assertThat(asClient(() -> Files.readString(primary) + Files.readString(supplementary)))
			.isEqualTo("primarysupplementary");
		assertThatExceptionOfType(AccessDeniedException.class)
			.isThrownBy(() -> asClient(() -> Files.readString(other)));
	}

	@Test
	void whenAFileIsTheServersThenItIsRefused() throws Exception {
		Path file = file("server's", "0", "0", "rw-------");

		assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> asClient(() -> Files.readString(file)));
		assertThat(Files.readString(file)).isEqualTo("server's");
	}

	@Test
	void whenAFileIsCreatedThenItIsTheClients() throws Exception {
		Files.setPosixFilePermissions(this.folder, PosixFilePermissions.fromString("rwxrwxrwx"));
		Path file = this.folder.resolve("new");

		asClient(() -> Files.createFile(file));

		assertThat(Files.readAttributes(file, "unix:uid,gid")).containsEntry("uid", Integer.valueOf(CLIENT))
			.containsEntry("gid", Integer.valueOf(GROUP));
	}

	@Test
	void whenRunningAsTheClientThenKernelSettingsAreOutOfReach() throws Exception {
		Path setting = Path.of("/proc/sys/kernel/core_pattern");
		String before = Files.readString(setting);

		assertThatExceptionOfType(IOException.class).isThrownBy(() -> asClient(() -> {
			new FileOutputStream(setting.toFile()).close();
			return null;
		}));
		assertThat(Files.readString(setting)).isEqualTo(before);
	}

	@Test
	void whenRunningAsTheClientThenNoCapabilityIsLeft() throws Exception {
		String status = asClient(() -> Files.readString(Path.of("/proc/thread-self/status")));

		assertThat(status).containsPattern("CapEff:\\s+0000000000000000")
			.containsPattern("Uid:\\s+0\\s+54321\\s+0\\s+54321")
			.containsPattern("Gid:\\s+0\\s+54322\\s+0\\s+54322")
			.containsPattern("Groups:\\s+54323 54324");
	}

	@Test
	void whenOneThreadRunsAsTheClientThenAnotherOneStaysTheServer() throws Exception {
		Path file = file("server's", "0", "0", "rw-------");
		Exchanger<String> exchanger = new Exchanger<>();
		FutureTask<String> client = start(() -> asClient(() -> {
			exchanger.exchange("running as the client", 10, TimeUnit.SECONDS);
			// the server reads its file
			return exchanger.exchange("", 10, TimeUnit.SECONDS);
		}));

		exchanger.exchange("", 10, TimeUnit.SECONDS);
		String read = Files.readString(file);
		ThreadIdentity here = ThreadIdentity.current();
		exchanger.exchange("done", 10, TimeUnit.SECONDS);

		assertThat(read).isEqualTo("server's");
		assertThat(here.isRoot()).isTrue();
		assertThat(client.get(10, TimeUnit.SECONDS)).isEqualTo("done");
	}

	@Test
	void whenTheTaskThrowsThenTheThreadIsTheServerAgain() throws Exception {
		ThreadIdentity before = ThreadIdentity.current();

		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> asClient(() -> {
			throw new AssertionError("as the client");
		})).withMessage("as the client");
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> asClient(() -> {
			throw new IOException("as the client");
		})).withMessage("as the client");

		assertThat(ThreadIdentity.current()).hasToString(before.toString());
	}

	@Test
	void whenRunTenThousandTimesThenNothingLeaks() throws Exception {
		String before = ThreadIdentity.current().toString();
		asClient(() -> null);
		int descriptors = openDescriptors();
		long memory = residentKilobytes();
		int rounds = Integer.getInteger("namedpipe.test.run-as-rounds", 10_000);

		long start = System.nanoTime();
		for (int i = 0; i < rounds; i++) {
			asClient(() -> null);
		}
		Duration taken = Duration.ofNanos(System.nanoTime() - start);

		System.out.printf("Running as the client: %.1f us per round%n", taken.toNanos() / 1000.0 / rounds);
		assertThat(ThreadIdentity.current()).hasToString(before);
		assertThat(openDescriptors()).isLessThanOrEqualTo(descriptors + 5);
		assertThat(residentKilobytes()).isLessThan(memory + 50_000);
		assertThat(identitiesOfOurThreads()).containsOnly("0\t0\t0\t0");
	}

	@Test
	void whenTheThreadRunsAsAClientAlreadyThenASecondOneIsRefused() throws Exception {
		asClient(() -> {
			assertThatExceptionOfType(TransportException.class)
				.isThrownBy(() -> RunAs.runAs("54329", "54329", Set.of(), () -> null))
				.satisfies((ex) -> assertThat(ex.getReason()).isEqualTo(Reason.UNSUPPORTED))
				.withMessageContaining("already");
			return null;
		});
	}

	@Test
	void whenTaskCreatesThreadThenFailsRatherThanLeaksIdentity() throws Exception {
		assertThatIllegalStateException().isThrownBy(() -> asClient(() -> new Thread(() -> {
		}))).withMessageContaining("must not be created");
		assertThatIllegalStateException().isThrownBy(() -> asClient(() -> CompletableFuture.runAsync(() -> {
		}, (task) -> new Thread(task).start()).join()));
		assertThat(new Thread(() -> {
		})).isNotNull();
	}

	@Test
	void whenAPoolStartsAThreadAllTheSameThenThatIsReported(CapturedOutput output) throws Exception {
		try {
			asClient(() -> IntStream.range(0, 10_000).parallel().map((i) -> i * 2).sum());
		}
		catch (IllegalStateException ex) {
			// prevented
		}

		if (identities((name) -> name.startsWith(COMMON_POOL)).contains("0\t54321\t0\t54321")) {
			assertThat(output).contains("runs as user 54321 until it ends");
		}
		assertThat(identitiesOfOurThreads()).containsOnly("0\t0\t0\t0");
	}

	@Test
	void whenTheThreadCannotBeTheServerAgainThenItIsToldToEnd() throws Exception {
		AtomicReference<Throwable> failure = new AtomicReference<>();
		Thread thread = new Thread(() -> {
			try {
				RunAs.runAs(CLIENT, GROUP, GROUPS, () -> {
					dropTheWayBack();
					throw new IOException("of the task");
				});
			}
			catch (Throwable ex) {
				failure.set(ex);
			}
		});
		thread.start();
		thread.join();

		assertThat(failure.get()).isInstanceOf(PeerIdentityError.class)
			.hasMessageContaining("has to end")
			.cause()
			.satisfies((cause) -> assertThat(cause.getSuppressed()).singleElement().asString().contains("of the task"));
		// a thread is joined a little before the system has done with it
		await().untilAsserted(() -> assertThat(identitiesOfOurThreads()).containsOnly("0\t0\t0\t0"));
	}

	@Test
	void whenTheThreadIsVirtualThenItIsRefused() throws Exception {
		FutureTask<Object> task = new FutureTask<>(() -> asClient(() -> null));
		Thread thread;
		try {
			thread = (Thread) Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
		}
		catch (NoSuchMethodException ex) {
			return; // before Java 21 there are none
		}
		thread.join();

		assertThat(task).failsWithin(Duration.ofSeconds(10))
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(TransportException.class)
			.withMessageContaining("virtual thread");
	}

	@Test
	void whenThePeerIsNotKnownThenNothingRuns() {
		assertRefused(PeerCredentials.UNKNOWN);
		assertRefused(peer("65534", "65534", List.of()));
		assertRefused(peer("1000", "65534", List.of()));
		assertRefused(peer("1000", "1000", List.of("1001", "65534")));
		assertRefused(peer("4294967295", "0", List.of()));
		assertRefused(peer("1000", null, List.of()));
	}

	@Test
	void whenTheKernelDoesNotTellTheGroupsThenTheAccountDatabaseDoes() throws Exception {
		AccountDatabase accounts = new Accounts(GROUPS);

		String status = RunAs.runAs(peer(CLIENT, GROUP, null), accounts,
				() -> Files.readString(Path.of("/proc/thread-self/status")));

		assertThat(status).containsPattern("Groups:\\s+54322 54323 54324");
	}

	@Test
	void whenTheAccountDatabaseIsDownThenNothingRuns() {
		AccountDatabase accounts = new Accounts(null);

		assertThatExceptionOfType(TransportException.class)
			.isThrownBy(() -> RunAs.runAs(peer(CLIENT, GROUP, null), accounts, () -> {
				throw new AssertionError("has run");
			}))
			.withMessageContaining("its groups are not known");
	}

	private static void assertRefused(PeerCredentials peer) {
		assertThatExceptionOfType(TransportException.class)
			.isThrownBy(() -> RunAs.runAs(peer, PosixAccounts.get(), () -> {
				throw new AssertionError("has run");
			}))
			.satisfies((ex) -> assertThat(ex.getReason()).isEqualTo(Reason.ACCESS_DENIED));
	}

	private static PeerCredentials peer(String userId, String groupId, List<String> groupIds) {
		return new PeerCredentials(null, userId, groupId, groupIds, OptionalLong.empty());
	}

	private static <T> T asClient(Callable<T> task) throws Exception {
		return RunAs.runAs(CLIENT, GROUP, GROUPS, task);
	}

	private static <T> FutureTask<T> start(Callable<T> task) {
		FutureTask<T> future = new FutureTask<>(task);
		new Thread(future).start();
		return future;
	}

	private Path file(String content, String userId, String groupId, String permissions) throws IOException {
		Path file = Files.writeString(this.folder.resolve(content), content);
		Files.setAttribute(file, "unix:uid", Integer.valueOf(userId));
		Files.setAttribute(file, "unix:gid", Integer.valueOf(groupId));
		Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
		return file;
	}

	private static int openDescriptors() throws IOException {
		try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
			return (int) descriptors.count();
		}
	}

	private static long residentKilobytes() throws IOException {
		String status = Files.readString(Path.of("/proc/self/status"));
		return Long.parseLong(status.replaceAll("(?s).*VmRSS:\\s+(\\d+) kB.*", "$1"));
	}

	private static List<String> identitiesOfOurThreads() throws IOException {
		return identities((name) -> !name.startsWith(COMMON_POOL));
	}

	private static List<String> identities(Predicate<String> threadName) throws IOException {
		try (var threads = Files.list(Path.of("/proc/self/task"))) {
			return threads.map(RunAsTests::status)
				.filter((status) -> !status.isEmpty())
				.filter((status) -> threadName.test(status.replaceAll("(?s)Name:\\s+([^\n]*)\n.*", "$1")))
				.map((status) -> status.replaceAll("(?s).*\nUid:\\s+([\\d\t]+)\n.*", "$1"))
				.toList();
		}
	}

	private static String status(Path thread) {
		try {
			return Files.readString(thread.resolve("status"));
		}
		catch (IOException ex) {
			return ""; // has ended
		}
	}

	private static void dropTheWayBack() {
		long setresuid = (Platform.isARM()) ? 147 : 117;
		assertThat(Calls.syscall(setresuid, 54321, 54321, 54321)).isZero();
	}

	static final class Calls {

		static {
			Native.register(Calls.class, Platform.C_LIBRARY_NAME);
		}

		private Calls() {
		}

		static native long syscall(long number, long first, long second, long third);

	}

	/**
	 * Knows the groups of everybody, or is down.
	 */
	private record Accounts(Set<String> groupIds) implements AccountDatabase {

		@Override
		public String currentUserId() {
			return "0";
		}

		@Override
		public Optional<String> userId(String name) {
			return Optional.empty();
		}

		@Override
		public Optional<String> groupId(String name) {
			return Optional.empty();
		}

		@Override
		public boolean knowsMemberships() {
			return true;
		}

		@Override
		public Set<String> groupIdsOf(String userId) {
			if (this.groupIds == null) {
				throw new UncheckedIOException(new IOException("down"));
			}
			return this.groupIds;
		}

	}

}
