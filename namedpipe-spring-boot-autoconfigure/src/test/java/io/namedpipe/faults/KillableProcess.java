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

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.namedpipe.testsupport.PeerProcess;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A counterpart that knows the name of the pipe.
 */
final class KillableProcess implements KillablePeer {

	private final Callable<PeerProcess> starter;

	private @Nullable PeerProcess peer;

	/**
	 * Prepares a counterpart.
	 * @param starter starts a process that says {@code ready}
	 */
	KillableProcess(Callable<PeerProcess> starter) {
		this.starter = starter;
	}

	@Override
	public void start() throws Exception {
		PeerProcess next = this.starter.call();
		this.peer = next;
		assertThat(next.nextLine()).isEqualTo("ready");
	}

	@Override
	public void kill() {
		if (this.peer != null) {
			this.peer.close();
		}
	}

	@Override
	public void awaitEnd() throws Exception {
		if (this.peer != null) {
			assertThat(this.peer.process().waitFor(30, TimeUnit.SECONDS)).as("has ended").isTrue();
		}
	}

}
