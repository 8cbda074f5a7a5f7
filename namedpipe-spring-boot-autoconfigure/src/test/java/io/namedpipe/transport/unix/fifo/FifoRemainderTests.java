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

package io.namedpipe.transport.unix.fifo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.namedpipe.testsupport.PeerProcess;
import io.namedpipe.testsupport.PipeFixture;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A FIFO that is read again while a writer is there whose words belong to nobody.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class FifoRemainderTests extends PipeFixture {

	@TempDir
	private Path folder;

	private PeerProcess shell(String command) throws IOException {
		return closing(PeerProcess.shell("cd '" + this.folder + "'; " + command));
	}

	@BeforeEach
	void makeFifo() throws Exception {
		assertThat(shell("mkfifo -m 600 intake && echo made").output()).isEqualTo("made");
	}

	@Test
	void whenWritersWaitForReadingEndThenNothingIsDiscarded() throws Exception {
		try (FifoFile file = FifoFile.find(this.folder.resolve("intake"), null)) {
			FifoSource source = closing(new FifoSource(file));
			PeerProcess old = shell(
					"exec 3> intake; while read go; do head -c 50000 /dev/zero >&3; echo written; done");
			for (int i = 0; i < 10; i++) {
				assertThat(old.ask("go")).isEqualTo("written");
				FifoRemainder remainder = closing(source.abandon());
				assertThat(source.isOpen()).isFalse();
				PeerProcess next = shell("echo ready; echo new > intake; echo gone");
				assertThat(next.nextLine()).isEqualTo("ready");

				source = closing(remainder.reopen());

				assertThat(next.output()).isEqualTo("gone");
				ByteBuffer read = ByteBuffer.allocate(100);
				source.read(read);
				assertThat(new String(read.array(), 0, read.position(), StandardCharsets.UTF_8)).isEqualTo("new\n");
				remainder.close();
			}
		}
	}

}
