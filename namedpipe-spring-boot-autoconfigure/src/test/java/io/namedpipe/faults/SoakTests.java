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

import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.health.contributor.Status;

import io.namedpipe.testsupport.RequiresCommand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Good and bad peers come and go for a while; heap, descriptors and threads stay as they
 * were after the first rounds. {@code -Dnamedpipe.test.soak=PT30M} for half an hour of
 * each mode.
 */
@EnabledIfSystemProperty(named = "namedpipe.test.soak", matches = ".+", disabledReason = "a run of its own")
@EnabledOnOs(OS.LINUX)
@RequiresCommand("python3")
class SoakTests {

	private static final Duration LENGTH = Duration.parse(System.getProperty("namedpipe.test.soak", "PT6S"));

	private static final long HEAP_ALLOWANCE = 8 << 20;

	@TempDir
	private Path folder;

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	@Timeout(7200)
	void whenPeersComeAndGoForLongThenResourcesStayFlat(TransportUnderTest transport) throws Exception {
		Path path = this.folder.resolve("p");
		Random random = new Random(5);
		try (EchoServer echo = new EchoServer(transport, path)) {
			round(transport, path, random, echo);
			round(transport, path, random, echo);
			ResourceSnapshot resources = ResourceSnapshot.now();
			long heap = ResourceSnapshot.usedHeap();
			long rounds = 0;
			long end = System.nanoTime() + LENGTH.toNanos();
			while (System.nanoTime() - end < 0 || rounds < 2) {
				round(transport, path, random, echo);
				rounds++;
			}

			resources.assertNothingIsAdded();
			assertThat(ResourceSnapshot.usedHeap()).as("heap after %d rounds", rounds)
				.isLessThan(heap + HEAP_ALLOWANCE);
			assertThat(echo.health().getStatus()).isEqualTo(Status.UP);
		}
	}

	private static void round(TransportUnderTest transport, Path path, Random random, EchoServer echo)
			throws Exception {
		try (HealthyClients healthyClients = new HealthyClients(transport, path, 4);
				FaultyPeer polite = FaultyPeer.start(transport.mode(), path, "polite", 1 + random.nextInt(20));
				FaultyPeer deaf = FaultyPeer.start(transport.mode(), path, "deaf", 1 + random.nextInt(3));
				FaultyPeer silent = FaultyPeer.start(transport.mode(), path, "silent", 1 + random.nextInt(50));
				FaultyPeer leaving = FaultyPeer.start(transport.mode(), path, "hello-and-goodbye", 200)) {
			healthyClients.watch(Duration.ofMillis(100));
		}
		await().atMost(FaultScenario.SOON).until(() -> echo.server().instanceCount() == 0);
		if (random.nextInt(3) == 0) {
			echo.restart();
		}
	}

}
