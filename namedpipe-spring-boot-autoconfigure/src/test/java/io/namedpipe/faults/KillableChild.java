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

import java.time.Duration;

import io.namedpipe.integration.NamedPipeProcess;

import static org.awaitility.Awaitility.await;

/**
 * A counterpart that is the child of the bean, which stops when the child has ended.
 */
final class KillableChild implements KillablePeer {

	private final NamedPipeProcess process;

	KillableChild(NamedPipeProcess process) {
		this.process = process;
	}

	@Override
	public void start() {
		this.process.start();
	}

	@Override
	public void kill() {
		if (this.process.isRunning()) {
			this.process.pipe().process().destroyForcibly();
			awaitEnd();
		}
	}

	@Override
	public void awaitEnd() {
		await().atMost(Duration.ofSeconds(30)).until(() -> !this.process.isRunning());
	}

}
