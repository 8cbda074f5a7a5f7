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

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;

import io.namedpipe.testsupport.Descriptors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What this process holds: sockets and pipes, and threads that the library started.
 *
 * @param descriptors the number of sockets, pipes and deleted files
 * @param threads the names of the threads, but for the one that looks after time limits
 */
record ResourceSnapshot(long descriptors, List<String> threads) {

	static ResourceSnapshot now() {
		return new ResourceSnapshot(Descriptors.open(), pipeThreads());
	}

	private static List<String> pipeThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.startsWith("namedpipe-") && !name.equals("namedpipe-supervisor"))
			.sorted()
			.toList();
	}

	/**
	 * Asserts that soon there is no more than there was. The JDK keeps a few descriptors
	 * for selectors of threads that have come and gone, which is not a matter of how
	 * often something was done.
	 */
	void assertNothingIsAdded() {
		await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
			ResourceSnapshot now = now();
			assertThat(now.threads).hasSizeLessThanOrEqualTo(this.threads.size());
			assertThat(now.descriptors).as("descriptors").isLessThanOrEqualTo(this.descriptors + 4);
		});
	}

	/**
	 * The memory that is in use after a collection.
	 */
	static long usedHeap() {
		var memory = ManagementFactory.getMemoryMXBean();
		memory.gc();
		memory.gc();
		return memory.getHeapMemoryUsage().getUsed();
	}

}
