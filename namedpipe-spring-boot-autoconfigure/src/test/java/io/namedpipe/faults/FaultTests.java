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

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.namedpipe.CloseReason;
import io.namedpipe.PipeErrorType;
import io.namedpipe.RejectReason;
import io.namedpipe.testsupport.RequiresCommand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * One peer or many do something wrong. The others do not notice, nothing is left of it,
 * the counters tell what happened, and an operator reads one line about it.
 * <p>
 * Sizes are small here. {@code -Dnamedpipe.test.crowd=5000} for more peers,
 * {@code -Dnamedpipe.test.fault=PT30S} to watch for longer,
 * {@code -Dnamedpipe.test.crawl=1} for the seconds between two bytes of a peer that is
 * slow.
 */
@EnabledOnOs(OS.LINUX)
@RequiresCommand("python3")
@Timeout(300)
class FaultTests {

	private static final int CROWD = Integer.getInteger("namedpipe.test.crowd", 100);

	private static final int SLOW_CROWD = Integer.getInteger("namedpipe.test.crowd", 500);

	private static final double CRAWL = Double.parseDouble(System.getProperty("namedpipe.test.crawl", "0.25"));

	// message mode makes the kernel's buffer larger for larger messages
	private static final String ORDINARY_BUFFER = "max-message-size=64KB";

	@TempDir
	private Path folder;

	private Path path = Path.of("/");

	@BeforeEach
	void setUp() {
		this.path = this.folder.resolve("p");
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenManyConnectAndNeverSendThenHandshakeTimeoutRejects(TransportUnderTest transport) throws Exception {
		try (FaultScenario scenario = new FaultScenario(transport, this.path,
				"handshake-timeout=" + FaultScenario.WATCH.plusSeconds(6));
				FaultyPeer peer = scenario.peer("silent", CROWD)) {
			await().atMost(FaultScenario.SOON).until(() -> scenario.server().instanceCount() >= CROWD);
			scenario.watch();

			scenario.assertNobodyElseNoticedAndNothingIsLeft();

			assertThat(scenario.statistics().rejected(RejectReason.HANDSHAKE)).isEqualTo(CROWD);
			scenario.assertTold("sent no complete frame in time");
		}
	}

	@Test
	void whenManySendOneByteFromTimeToTimeThenTheyAreReadAsTheyCome() throws Exception {
		try (FaultScenario scenario = new FaultScenario(TransportUnderTest.UNIX_BYTE, this.path, "backlog=4096")) {
			try (FaultyPeer peer = scenario.peer("crawl", SLOW_CROWD, CRAWL)) {
				scenario.watch();
				await().atMost(FaultScenario.SOON)
					.untilAsserted(() -> assertThat(scenario.server().connections())
						.hasSize(FaultScenario.HEALTHY_CLIENTS + SLOW_CROWD)
						.allMatch((connection) -> connection.statistics().bytesIn() > 2));
			}

			scenario.assertNobodyElseNoticedAndNothingIsLeft();

			assertThat(scenario.statistics().errors(PipeErrorType.TRUNCATED)).isPositive();
			scenario.assertTold("ended in the middle of a frame");
		}
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenPeersNeverReadThenTheWriteTimeoutDisconnectsThem(TransportUnderTest transport) throws Exception {
		try (FaultScenario scenario = new FaultScenario(transport, this.path, "write-timeout=3s");
				FaultyPeer peer = scenario.peer("deaf", 5)) {
			scenario.watch();

			scenario.assertNobodyElseNoticedAndNothingIsLeft();

			assertTheWriteTimeoutDisconnected(scenario, 5);
		}
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenPeersReadTooSlowlyThenWriteTimeoutDisconnectsThem(TransportUnderTest transport) throws Exception {
		try (FaultScenario scenario = new FaultScenario(transport, this.path, "write-timeout=3s", ORDINARY_BUFFER);
				FaultyPeer peer = scenario.peer("sip", 5, 0.2)) {
			scenario.watch();

			scenario.assertNobodyElseNoticedAndNothingIsLeft();

			assertTheWriteTimeoutDisconnected(scenario, 5);
		}
	}

	private void assertTheWriteTimeoutDisconnected(FaultScenario scenario, int peers) {
		assertThat(scenario.statistics().closed(CloseReason.WRITE_TIMEOUT)).isEqualTo(peers);
		scenario.assertToldOfStuckWrites();
		scenario.assertTold("has not read what was written to it for 3 s", "write-timeout", this.path.toString());
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenPeersReadSlowlyButInTimeThenTheyStayConnected(TransportUnderTest transport) throws Exception {
		try (FaultScenario scenario = new FaultScenario(transport, this.path, "write-timeout=5s", ORDINARY_BUFFER);
				FaultyPeer peer = scenario.peer("dawdle", 5, 0.005)) {
			int everybody = FaultScenario.HEALTHY_CLIENTS + 5;
			await().atMost(FaultScenario.SOON).until(() -> scenario.server().instanceCount() == everybody);
			scenario.watch();
			await().during(Duration.ofSeconds(8))
				.atMost(FaultScenario.SOON)
				.until(() -> scenario.server().instanceCount() == everybody);
			peer.close();

			scenario.assertNobodyElseNoticedAndNothingIsLeft();

			assertThat(scenario.statistics().closed(CloseReason.WRITE_TIMEOUT)).isZero();
			assertThat(scenario.statistics().closed(CloseReason.PEER)).isGreaterThanOrEqualTo(5);
		}
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenAPeerIsFrozenThenItGoesOnWhenItThaws(TransportUnderTest transport) throws Exception {
		try (FaultScenario scenario = new FaultScenario(transport, this.path, "write-timeout=20s");
				FaultyPeer peer = scenario.peer("polite", 20)) {
			peer.freeze();
			scenario.watch();
			assertThat(scenario.server().instanceCount()).isGreaterThanOrEqualTo(20);
			long messages = scenario.statistics().messagesIn();
			peer.thaw();

			await().atMost(FaultScenario.SOON).until(() -> scenario.statistics().messagesIn() > messages + 1000);
			peer.close();
			scenario.assertNobodyElseNoticedAndNothingIsLeft();

			assertThat(scenario.statistics().closed(CloseReason.PEER)).isGreaterThanOrEqualTo(20);
			assertThat(scenario.log().lines()).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenPeersAreFrozenForGoodThenTheIdleTimeoutClosesThem(TransportUnderTest transport) throws Exception {
		try (FaultScenario scenario = new FaultScenario(transport, this.path,
				"idle-timeout=" + FaultScenario.WATCH.plusSeconds(6)); FaultyPeer peer = scenario.peer("polite", 20)) {
			peer.freeze();
			scenario.watch();

			scenario.assertNobodyElseNoticedAndNothingIsLeft();

			assertThat(scenario.statistics().closed(CloseReason.IDLE)).isEqualTo(20);
			assertThat(scenario.log().lines()).isEmpty();
			peer.thaw();
		}
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenPeersAreKilledInTheMiddleThenNothingIsLeftOfThem(TransportUnderTest transport) throws Exception {
		try (FaultScenario scenario = new FaultScenario(transport, this.path)) {
			for (int i = 0; i < 3; i++) {
				try (FaultyPeer peer = scenario.peer("deaf", 10); FaultyPeer polite = scenario.peer("polite", 10)) {
					scenario.watch();
				}
			}

			scenario.assertNobodyElseNoticedAndNothingIsLeft();

			assertThat(scenario.statistics().closed(CloseReason.PEER)).isGreaterThanOrEqualTo(60);
			scenario.assertToldIfAnything("ended in the middle of a frame");
		}
	}

	@Test
	void whenAPeerIsKilledInTheMiddleOfAFrameThenThatIsCountedAndTold() throws Exception {
		try (FaultScenario scenario = new FaultScenario(TransportUnderTest.UNIX_BYTE, this.path)) {
			try (FaultyPeer peer = scenario.peer("half", 10)) {
				scenario.watch();
			}

			scenario.assertNobodyElseNoticedAndNothingIsLeft();

			assertThat(scenario.statistics().errors(PipeErrorType.TRUNCATED)).isEqualTo(10);
			assertThat(scenario.statistics().closed(CloseReason.PEER)).isGreaterThanOrEqualTo(10);
			scenario.assertTold("ended in the middle of a frame", this.path.toString());
		}
	}

	@Test
	void whenPeersSendGarbageThenTheyAreDisconnected() throws Exception {
		try (FaultScenario scenario = new FaultScenario(TransportUnderTest.UNIX_BYTE, this.path);
				FaultyPeer peer = FaultyPeer.begin(scenario.mode(), this.path, "garbage", CROWD, 42)) {
			scenario.watch();
			peer.awaitReady();

			scenario.assertNobodyElseNoticedAndNothingIsLeft();

			assertThat(scenario.statistics().errors(PipeErrorType.FRAMING)).isEqualTo(CROWD);
			assertThat(scenario.statistics().closed(CloseReason.PROTOCOL)).isEqualTo(CROWD);
			scenario.assertTold("claims a length of -");
		}
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenPeersSendTooMuchThenTheyAreCutBeforeItIsInMemory(TransportUnderTest transport) throws Exception {
		try (FaultScenario scenario = new FaultScenario(transport, this.path, "max-message-size=" + 100_000);
				FaultyPeer peer = FaultyPeer.begin(scenario.mode(), this.path, "huge", CROWD, 100_001)) {
			scenario.watch();
			peer.awaitReady();

			scenario.assertNobodyElseNoticedAndNothingIsLeft();

			assertThat(scenario.statistics().errors(PipeErrorType.TOO_LARGE)).isEqualTo(CROWD);
			assertThat(scenario.statistics().closed(CloseReason.PROTOCOL)).isEqualTo(CROWD);
			scenario.assertTold("maximum of 100000 bytes");
		}
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenPeersConnectAndLeaveWithoutEndThenTheOthersAreServed(TransportUnderTest transport) throws Exception {
		try (FaultScenario scenario = new FaultScenario(transport, this.path)) {
			long accepted = scenario.statistics().accepted();
			try (FaultyPeer peer = scenario.peer("endless-hello-and-goodbye", 0)) {
				scenario.watch();
				await().atMost(FaultScenario.SOON).until(() -> scenario.statistics().accepted() > accepted + 50);
			}

			scenario.assertNobodyElseNoticedAndNothingIsLeft();

			assertThat(scenario.log().lines()).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenTheSocketFileIsDeletedThenItIsThereAgainSoon(TransportUnderTest transport) throws Exception {
		try (FaultScenario scenario = new FaultScenario(transport, this.path)) {
			Files.delete(this.path);
			scenario.watch();
			await().atMost(FaultScenario.SOON).until(() -> Files.exists(this.path));
			await().atMost(FaultScenario.SOON).until(() -> !scenario.log().lines().isEmpty());

			scenario.assertNobodyElseNoticedAndNothingIsLeft();

			await().atMost(FaultScenario.SOON).until(() -> scenario.statistics().errors(PipeErrorType.NAME_LOST) == 1);
			assertThat(scenario.log().lines()).singleElement()
				.asString()
				.contains(this.path.toString(), "had vanished and was taken again");
		}
	}

}
