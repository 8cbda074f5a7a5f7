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

package io.namedpipe.transport.unix.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.namedpipe.testsupport.JavaProcess;
import io.namedpipe.testsupport.RequiresRoot;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PathLock}.
 */
@DisabledOnOs(OS.WINDOWS)
@Timeout(120)
class PathLockTests {

	private static final int OTHER_USER = 54321;

	@TempDir
	private Path temporary;

	private Path folder = Path.of("/");

	private Path path = Path.of("/");

	private Path file = Path.of("/");

	@SuppressWarnings("NullAway.Init")
	private PipeFolder held;

	@BeforeEach
	void setUp() throws IOException {
		this.folder = Files.createDirectory(this.temporary.resolve("shared"));
		this.path = this.folder.resolve("pipe");
		this.file = this.folder.resolve("pipe.lock");
		this.held = PipeFolder.open(this.path);
	}

	@AfterEach
	void close() {
		this.held.close();
	}

	private PathLock acquire() throws TransportException {
		return PathLock.acquire(this.held, this.path);
	}

	private void assertLocked() {
		assertThatExceptionOfType(PathLockedException.class).isThrownBy(this::acquire)
			.satisfies((ex) -> assertThat(ex.getReason()).isEqualTo(Reason.NAME_IN_USE))
			.satisfies((ex) -> assertThat(ex.isByThisProcess()).isFalse());
	}

	private JavaProcess holder() throws IOException {
		JavaProcess other = JavaProcess.of(Holder.class, this.path.toString()).start();
		assertThat(other.nextLine()).isEqualTo("held");
		return other;
	}

	private void makeLockOfAnotherUser() throws IOException {
		Files.setPosixFilePermissions(this.folder, PosixFilePermissions.fromString("rwxrwxrwx"));
		Files.setAttribute(this.folder, "unix:mode", 01777);
		Files.writeString(this.file, "theirs");
		Files.setPosixFilePermissions(this.file, PosixFilePermissions.fromString("rw-------"));
		Files.setAttribute(this.file, "unix:uid", OTHER_USER);
	}

	@Test
	void whenAnotherProcessHoldsTheLockThenItIsNotHad() throws Exception {
		try (JavaProcess other = holder()) {
			assertLocked();

			other.send("release");
			assertThat(other.nextLine()).isEqualTo("released");
			acquire().close();
		}
		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	void whenThisProcessHoldsTheLockThenTheFailureSaysSo() throws Exception {
		try (PathLock lock = acquire()) {
			assertThatExceptionOfType(PathLockedException.class).isThrownBy(this::acquire)
				.withMessageContaining("This process itself")
				.satisfies((ex) -> assertThat(ex.isByThisProcess()).isTrue());
			lock.keep();
		}
	}

	@Test
	void whenAProcessDiedWithTheLockThenItIsHadAtOnce() throws Exception {
		try (JavaProcess other = holder()) {
			assertThat(this.file).exists();
		}

		acquire().close();

		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	void whenTheLockFileIsNotOursAnyMoreThenItIsLeft() throws Exception {
		PathLock lock = acquire();
		Files.delete(this.file);
		Files.createFile(this.file);

		lock.close();

		assertThat(this.file).exists();
		acquire().close();
	}

	@Test
	void whenTheLockIsKeptThenItIsFreshAndStillHeld() throws Exception {
		try (PathLock lock = acquire();
				JavaProcess other = JavaProcess.of(Contender.class, this.path.toString()).start()) {
			FileTime old = FileTime.from(Instant.now().minus(Duration.ofHours(2)));
			setTimeInAnotherProcess(old);

			lock.keep();

			assertThat(Files.getLastModifiedTime(this.file)).isGreaterThan(old);
			other.send("go");
			assertThat(other.nextLine()).isEqualTo("locked by another");
		}
	}

	// to set it in this process would give up the lock
	private void setTimeInAnotherProcess(FileTime time) throws Exception {
		Process touch = new ProcessBuilder("touch", "-d", time.toString(), this.file.toString()).inheritIO().start();
		assertThat(touch.waitFor()).isZero();
		assertThat(Files.getLastModifiedTime(this.file).toInstant()).isBefore(Instant.now().minus(Duration.ofHours(1)));
	}

	@Test
	void whenTheThreadIsInterruptedThenKeepingDoesNotGiveUpTheLock() throws Exception {
		try (PathLock lock = acquire();
				JavaProcess other = JavaProcess.of(Contender.class, this.path.toString()).start()) {
			setTimeInAnotherProcess(FileTime.from(Instant.now().minus(Duration.ofHours(2))));
			Thread.currentThread().interrupt();

			lock.keep();

			assertThat(Thread.interrupted()).isTrue();
			other.send("go");
			assertThat(other.nextLine()).isEqualTo("locked by another");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "precious" })
	void whenAFileOfOursHasTheNameOfTheLockThenItIsLeft(String content) throws Exception {
		Files.writeString(this.file, content);

		try (PathLock lock = acquire();
				JavaProcess other = JavaProcess.of(Contender.class, this.path.toString()).start()) {
			lock.keep();
			other.send("go");
			assertThat(other.nextLine()).isEqualTo("locked by another");
		}

		assertThat(this.file).content().isEqualTo(content);
		assertThat(this.folder.toFile().list()).containsExactly("pipe.lock");
	}

	@Test
	void whenTheLockHasAnotherNameThenNeitherIsWritten() throws Exception {
		Path precious = Files.createFile(this.temporary.resolve("precious"));
		Files.createLink(this.file, precious);
		FileTime before = Files.getLastModifiedTime(precious);

		acquire().close();

		assertThat(Files.getLastModifiedTime(precious)).isEqualTo(before);
		assertThat(this.file).isEmptyFile();
	}

	@Test
	void whenTheLockIsNoRegularFileThenItIsLeft() throws Exception {
		Path precious = Files.writeString(this.temporary.resolve("precious"), "precious");
		Files.createSymbolicLink(this.file, precious);
		acquire().close();
		assertThat(precious).hasContent("precious");
		Files.delete(this.file);
		Files.createDirectory(this.file);

		acquire().close();

		assertThat(this.file).isDirectory();
	}

	@Test
	void whenTheLockFileIsDeletedThenKeepingTakesItAgain() throws Exception {
		try (PathLock lock = acquire();
				JavaProcess other = JavaProcess.of(Contender.class, this.path.toString()).start()) {
			Files.delete(this.file);

			lock.keep();

			other.send("go");
			assertThat(other.nextLine()).isEqualTo("locked by another");
		}
		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	void whenAnotherProcessHasTakenTheDeletedLockThenKeepingSaysSo() throws Exception {
		try (PathLock lock = acquire()) {
			Files.delete(this.file);
			try (JavaProcess other = holder()) {
				assertThatExceptionOfType(PathLockedException.class).isThrownBy(lock::keep);

				other.send("release");
				assertThat(other.nextLine()).isEqualTo("released");
				lock.keep();
				assertThat(this.file).exists();
			}
		}
		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	@RequiresRoot
	void whenAnotherUserHasMadeTheLockFileThenTheLockIsHadAllTheSame() throws Exception {
		makeLockOfAnotherUser();

		try (PathLock lock = acquire()) {
			lock.keep();
			assertThat(this.folder.toFile().list()).hasSize(2);
		}

		assertThat(this.file).hasContent("theirs");
		assertThat(this.folder.toFile().list()).hasSize(1);
	}

	@Test
	@RequiresRoot
	void whenAnotherUserPlaysWithTheLockFileThenTheLockIsHeldByOne() throws Exception {
		makeLockOfAnotherUser();
		try (JavaProcess other = holder()) {
			assertLocked();
			Files.delete(this.file);
			assertLocked();
			makeLockOfAnotherUser();
			assertLocked();

			other.send("release");
			assertThat(other.nextLine()).isEqualTo("released");
			acquire().close();
		}
	}

	@Test
	@RequiresRoot
	void whenAHolderDiedBesideAnotherUsersFileThenNothingOfItIsLeft() throws Exception {
		makeLockOfAnotherUser();
		try (JavaProcess other = holder()) {
			assertThat(other.process().isAlive()).isTrue();
		}

		acquire().close();

		assertThat(this.folder.toFile().list()).containsExactly("pipe.lock");
	}

	@Test
	@RequiresRoot
	void whenManyProcessesRaceBesideAnotherUsersFileThenOneHasTheLock() throws Exception {
		makeLockOfAnotherUser();
		List<JavaProcess> racers = new ArrayList<>();
		try {
			for (int i = 0; i < 3; i++) {
				racers.add(JavaProcess.of(Racer.class, this.path.toString()).start());
			}
			for (JavaProcess racer : racers) {
				assertThat(racer.nextLine()).isEqualTo("ready");
			}
			racers.forEach((racer) -> racer.send("go"));

			for (JavaProcess racer : racers) {
				assertThat(racer.nextLine()).isEqualTo("alone each time");
			}
		}
		finally {
			racers.forEach(JavaProcess::close);
		}
	}

	/**
	 * Another process that holds the lock until it is told to release it.
	 */
	static final class Holder {

		private Holder() {
		}

		/**
		 * Main.
		 * @param arguments the path
		 * @throws IOException if it fails
		 */
		public static void main(String[] arguments) throws IOException {
			Path path = Path.of(arguments[0]);
			PathLock lock = PathLock.acquire(PipeFolder.open(path), path);
			System.out.println("held");
			System.in.read();
			lock.close();
			System.out.println("released");
			System.in.read();
		}

	}

	/**
	 * Another process that tries to get the lock.
	 */
	static final class Contender {

		private Contender() {
		}

		/**
		 * Main.
		 * @param arguments the path
		 * @throws IOException if it fails
		 */
		public static void main(String[] arguments) throws IOException {
			Path path = Path.of(arguments[0]);
			System.in.read();
			try {
				PathLock.acquire(PipeFolder.open(path), path);
				System.out.println("had");
			}
			catch (PathLockedException ex) {
				System.out.println((ex.isByThisProcess()) ? "locked by this process" : "locked by another");
			}
		}

	}

	/**
	 * Another process that takes the lock again and again.
	 */
	static final class Racer {

		private static final int ROUNDS = 30;

		private Racer() {
		}

		/**
		 * Main.
		 * @param arguments the path
		 * @throws IOException if somebody else is there at the same time
		 */
		public static void main(String[] arguments) throws IOException {
			Path path = Path.of(arguments[0]);
			PipeFolder folder = PipeFolder.open(path);
			System.out.println("ready");
			System.in.read();
			int had = 0;
			while (had < ROUNDS) {
				try (PathLock lock = PathLock.acquire(folder, path)) {
					Path critical = Files.createFile(path.resolveSibling("critical"));
					lock.keep();
					Files.delete(critical);
					had++;
				}
				catch (PathLockedException ex) {
					// the others have had it
				}
			}
			System.out.println("alone each time");
		}

	}

}
