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

package io.namedpipe.faults;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import io.namedpipe.TransmissionMode;
import io.namedpipe.testsupport.PeerProcess;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process with connections that misbehave, see {@code faulty_peer.py}. Closing it kills
 * it.
 */
final class FaultyPeer implements AutoCloseable {

	private final PeerProcess process;

	private FaultyPeer(PeerProcess process) {
		this.process = process;
	}

	/**
	 * Starts a process and waits until its fault is there.
	 * @param mode the mode of the pipe
	 * @param path the pipe
	 * @param fault what it does wrong
	 * @param count on how many connections
	 * @param argument more about it
	 * @return the process
	 * @throws IOException if it cannot be started
	 */
	static FaultyPeer start(TransmissionMode mode, Path path, String fault, int count, Object... argument)
			throws IOException {
		FaultyPeer peer = begin(mode, path, fault, count, argument);
		peer.awaitReady();
		return peer;
	}

	static FaultyPeer begin(TransmissionMode mode, Path path, String fault, int count, Object... argument)
			throws IOException {
		return new FaultyPeer(PeerProcess.python("faulty_peer.py", mode.name().toLowerCase(), path.toString(), fault,
				String.valueOf(count), (argument.length > 0) ? argument[0].toString() : "0"));
	}

	void awaitReady() {
		assertThat(this.process.nextLine()).startsWith("ready");
	}

	/**
	 * Stops the process as Ctrl-Z does, but so that it cannot refuse.
	 */
	void freeze() {
		signal(this.process.process(), "STOP");
	}

	void thaw() {
		signal(this.process.process(), "CONT");
	}

	static void signal(Process process, String signal) {
		try {
			Process kill = new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).inheritIO().start();
			assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
			assertThat(kill.exitValue()).isZero();
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.process.close();
	}

}
