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

package io.namedpipe.transport.unix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.namedpipe.testsupport.JavaProcess;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PathLock}.
 */
@DisabledOnOs(OS.WINDOWS)
class PathLockTests {

	@TempDir
	private Path folder;

	@Test
	void whenAnotherProcessHoldsTheLockThenItIsNotHad() throws Exception {
		Path path = this.folder.resolve("pipe");
		try (JavaProcess other = JavaProcess.of(Holder.class, path.toString()).start()) {
			assertThat(other.nextLine()).isEqualTo("held");

			assertThatExceptionOfType(TransportException.class).isThrownBy(() -> PathLock.acquire(path))
				.satisfies((ex) -> assertThat(ex.getReason()).isEqualTo(Reason.NAME_IN_USE));

			other.send("release");
			assertThat(other.nextLine()).isEqualTo("released");
			PathLock.acquire(path).close();
		}
		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	void whenAProcessDiedWithTheLockThenItIsHadAtOnce() throws Exception {
		Path path = this.folder.resolve("pipe");
		try (JavaProcess other = JavaProcess.of(Holder.class, path.toString()).start()) {
			assertThat(other.nextLine()).isEqualTo("held");
		}

		PathLock.acquire(path).close();

		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	void whenTheLockFileIsNotOursAnyMoreThenItIsLeft() throws Exception {
		Path path = this.folder.resolve("pipe");
		Path file = this.folder.resolve("pipe.lock");
		PathLock lock = PathLock.acquire(path);
		Files.delete(file);
		Files.createFile(file);

		lock.close();

		assertThat(file).exists();
		PathLock.acquire(path).close();
	}

	@Test
	void whenTheLockIsHeldForLongThenItsFileStaysFresh() throws Exception {
		Path path = this.folder.resolve("pipe");
		Path file = this.folder.resolve("pipe.lock");
		Instant now = Instant.now();
		try (PathLock lock = PathLock.acquire(path)) {
			FileTime old = FileTime.from(now.minus(Duration.ofHours(2)));
			Files.setLastModifiedTime(file, old);

			lock.keep();

			assertThat(Files.getLastModifiedTime(file)).isGreaterThan(old);
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
			PathLock lock = PathLock.acquire(Path.of(arguments[0]));
			System.out.println("held");
			System.in.read();
			lock.close();
			System.out.println("released");
			System.in.read();
		}

	}

}
