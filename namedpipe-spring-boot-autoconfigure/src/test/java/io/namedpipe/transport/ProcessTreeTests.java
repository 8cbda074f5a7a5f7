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

package io.namedpipe.transport;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ProcessTree}.
 */
class ProcessTreeTests {

	@Test
	void whenTheSystemDoesNotSayWhatItHasStartedThenTheChildIsKilled() {
		OrphanedProcess child = new OrphanedProcess();

		ProcessTree.kill(child);

		assertThat(child.isAlive()).isFalse();
	}

	/**
	 * As without a descriptor, or where there is no {@code /proc}.
	 */
	private static final class OrphanedProcess extends Process {

		private boolean killed;

		@Override
		public Stream<ProcessHandle> descendants() {
			throw new RuntimeException("Too many open files (Unable to open /proc)");
		}

		@Override
		public long pid() {
			return 4711;
		}

		@Override
		public boolean isAlive() {
			return !this.killed;
		}

		@Override
		public void destroy() {
			this.killed = true;
		}

		@Override
		public OutputStream getOutputStream() {
			return OutputStream.nullOutputStream();
		}

		@Override
		public InputStream getInputStream() {
			return InputStream.nullInputStream();
		}

		@Override
		public InputStream getErrorStream() {
			return InputStream.nullInputStream();
		}

		@Override
		public int waitFor() {
			return 0;
		}

		@Override
		public int exitValue() {
			return 0;
		}

	}

}
