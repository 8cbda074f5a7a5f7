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

package io.namedpipe.peers;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.namedpipe.testsupport.JavaProcess;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Programs in other languages and the sample as it is shipped: its executable archive, so
 * these tests run after it has been packaged.
 */
@ExtendWith(ShownByPeers.class)
@Timeout(180)
class PackagedSampleTests {

	@TempDir
	private static Path folder;

	private static JavaProcess sample;

	@BeforeAll
	static void startSample() throws IOException {
		sample = JavaProcess.ofJar(archive(), "--namedpipe.directory=" + folder, "--server.port=0")
			.jvmArguments("-XX:TieredStopAtLevel=1")
			.start();
		String line = sample.nextLine();
		while (!line.contains("Started SampleApplication")) {
			line = sample.nextLine();
		}
	}

	private static Path archive() throws IOException {
		try (DirectoryStream<Path> archives = Files.newDirectoryStream(Path.of("target"), "sample-app-*SNAPSHOT.jar")) {
			Iterator<Path> found = archives.iterator();
			assertThat(found).as("the archive, which 'package' makes").hasNext();
			return found.next();
		}
	}

	@AfterAll
	static void stopSample() {
		if (sample != null) {
			sample.close();
		}
	}

	@ParameterizedTest
	@MethodSource("io.namedpipe.peers.Peer#clients")
	@Shows("The packaged sample, asked by five at once")
	void whenThePackagedSampleIsAskedThenItAnswers(Peer peer) throws Exception {
		peer.orSkip();
		try (PeerProgram program = PeerProgram.start(folder, peer, "client", "echo", "exchange", "100", "64", "5")) {
			assertThat(program.output()).isEqualTo("ok 500");
		}
	}

	@ParameterizedTest
	@MethodSource("io.namedpipe.peers.SpecialPeerTests#messagePeers")
	@Shows("The packaged sample, asked in message mode")
	void whenThePackagedSampleIsAskedInMessagesThenItAnswers(Peer peer) throws Exception {
		peer.orSkip();
		try (PeerProgram program = PeerProgram.start(folder, peer, "client", "messages", "message")) {
			assertThat(program.output()).isEqualTo("ok 4");
		}
	}

}
