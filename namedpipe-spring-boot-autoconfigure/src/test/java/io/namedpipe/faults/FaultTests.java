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
	void whenManyConnectAndNeverSendThenTheHandshakeTimeoutTurnsThemAway(Wire wire) throws Exception {
		try (Scene scene = new Scene(wire, this.path, "handshake-timeout=" + Scene.WATCH.plusSeconds(6));
				FaultyPeer peer = scene.peer("silent", CROWD)) {
			await().atMost(Scene.SOON).until(() -> scene.server().instanceCount() >= CROWD);
			scene.watch();

			scene.assertNobodyElseNoticedAndNothingIsLeft();

			assertThat(scene.statistics().rejected(RejectReason.HANDSHAKE)).isEqualTo(CROWD);
			scene.assertTold("sent no complete frame in time");
		}
	}

	@Test
	void whenManySendOneByteFromTimeToTimeThenTheyAreReadAsTheyCome() throws Exception {
		try (Scene scene = new Scene(Wire.UNIX_BYTE, this.path, "backlog=4096")) {
			try (FaultyPeer peer = scene.peer("crawl", SLOW_CROWD, CRAWL)) {
				scene.watch();
				await().atMost(Scene.SOON)
					.untilAsserted(() -> assertThat(scene.server().connections()).hasSize(Scene.BYSTANDERS + SLOW_CROWD)
						.allMatch((connection) -> connection.statistics().bytesIn() > 2));
			}

			scene.assertNobodyElseNoticedAndNothingIsLeft();

			assertThat(scene.statistics().errors(PipeErrorType.TRUNCATED)).isPositive();
			scene.assertTold("ended in the middle of a frame");
		}
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenPeersNeverReadThenTheWriteTimeoutDisconnectsThem(Wire wire) throws Exception {
		try (Scene scene = new Scene(wire, this.path, "write-timeout=3s"); FaultyPeer peer = scene.peer("deaf", 5)) {
			scene.watch();

			scene.assertNobodyElseNoticedAndNothingIsLeft();

			assertTheWriteTimeoutDisconnected(scene, 5);
		}
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenPeersReadSoSlowlyThatAWriteStandsThenTheWriteTimeoutDisconnectsThem(Wire wire) throws Exception {
		try (Scene scene = new Scene(wire, this.path, "write-timeout=3s", ORDINARY_BUFFER);
				FaultyPeer peer = scene.peer("sip", 5, 0.2)) {
			scene.watch();

			scene.assertNobodyElseNoticedAndNothingIsLeft();

			assertTheWriteTimeoutDisconnected(scene, 5);
		}
	}

	private void assertTheWriteTimeoutDisconnected(Scene scene, int peers) {
		assertThat(scene.statistics().closed(CloseReason.WRITE_TIMEOUT)).isEqualTo(peers);
		scene.assertToldOfStuckWrites();
		scene.assertTold("has not read what was written to it for 3 s", "write-timeout", this.path.toString());
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenPeersReadSlowlyButMakeRoomInTimeThenTheyStayHoweverLongItTakes(Wire wire) throws Exception {
		try (Scene scene = new Scene(wire, this.path, "write-timeout=5s", ORDINARY_BUFFER);
				FaultyPeer peer = scene.peer("dawdle", 5, 0.005)) {
			int everybody = Scene.BYSTANDERS + 5;
			await().atMost(Scene.SOON).until(() -> scene.server().instanceCount() == everybody);
			scene.watch();
			await().during(Duration.ofSeconds(8))
				.atMost(Scene.SOON)
				.until(() -> scene.server().instanceCount() == everybody);
			peer.close();

			scene.assertNobodyElseNoticedAndNothingIsLeft();

			assertThat(scene.statistics().closed(CloseReason.WRITE_TIMEOUT)).isZero();
			assertThat(scene.statistics().closed(CloseReason.PEER)).isGreaterThanOrEqualTo(5);
		}
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenAPeerIsFrozenThenItGoesOnWhenItThaws(Wire wire) throws Exception {
		try (Scene scene = new Scene(wire, this.path, "write-timeout=20s");
				FaultyPeer peer = scene.peer("polite", 20)) {
			peer.freeze();
			scene.watch();
			assertThat(scene.server().instanceCount()).isGreaterThanOrEqualTo(20);
			long messages = scene.statistics().messagesIn();
			peer.thaw();

			await().atMost(Scene.SOON).until(() -> scene.statistics().messagesIn() > messages + 1000);
			peer.close();
			scene.assertNobodyElseNoticedAndNothingIsLeft();

			assertThat(scene.statistics().closed(CloseReason.PEER)).isGreaterThanOrEqualTo(20);
			assertThat(scene.log().lines()).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenPeersAreFrozenForGoodThenTheIdleTimeoutClosesThem(Wire wire) throws Exception {
		try (Scene scene = new Scene(wire, this.path, "idle-timeout=" + Scene.WATCH.plusSeconds(6));
				FaultyPeer peer = scene.peer("polite", 20)) {
			peer.freeze();
			scene.watch();

			scene.assertNobodyElseNoticedAndNothingIsLeft();

			assertThat(scene.statistics().closed(CloseReason.IDLE)).isEqualTo(20);
			assertThat(scene.log().lines()).isEmpty();
			peer.thaw();
		}
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenPeersAreKilledInTheMiddleThenNothingIsLeftOfThem(Wire wire) throws Exception {
		try (Scene scene = new Scene(wire, this.path)) {
			for (int i = 0; i < 3; i++) {
				try (FaultyPeer peer = scene.peer("deaf", 10); FaultyPeer polite = scene.peer("polite", 10)) {
					scene.watch();
				}
			}

			scene.assertNobodyElseNoticedAndNothingIsLeft();

			assertThat(scene.statistics().closed(CloseReason.PEER)).isGreaterThanOrEqualTo(60);
			scene.assertToldIfAnything("ended in the middle of a frame");
		}
	}

	@Test
	void whenAPeerIsKilledInTheMiddleOfAFrameThenThatIsCountedAndTold() throws Exception {
		try (Scene scene = new Scene(Wire.UNIX_BYTE, this.path)) {
			try (FaultyPeer peer = scene.peer("half", 10)) {
				scene.watch();
			}

			scene.assertNobodyElseNoticedAndNothingIsLeft();

			assertThat(scene.statistics().errors(PipeErrorType.TRUNCATED)).isEqualTo(10);
			assertThat(scene.statistics().closed(CloseReason.PEER)).isGreaterThanOrEqualTo(10);
			scene.assertTold("ended in the middle of a frame", this.path.toString());
		}
	}

	@Test
	void whenPeersSendGarbageThenTheyAreDisconnected() throws Exception {
		try (Scene scene = new Scene(Wire.UNIX_BYTE, this.path);
				FaultyPeer peer = FaultyPeer.begin(scene.mode(), this.path, "garbage", CROWD, 42)) {
			scene.watch();
			peer.awaitReady();

			scene.assertNobodyElseNoticedAndNothingIsLeft();

			assertThat(scene.statistics().errors(PipeErrorType.FRAMING)).isEqualTo(CROWD);
			assertThat(scene.statistics().closed(CloseReason.PROTOCOL)).isEqualTo(CROWD);
			scene.assertTold("claims a length of -");
		}
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenPeersSendMoreThanIsAllowedThenTheyAreDisconnectedBeforeItIsInMemory(Wire wire) throws Exception {
		try (Scene scene = new Scene(wire, this.path, "max-message-size=" + 100_000);
				FaultyPeer peer = FaultyPeer.begin(scene.mode(), this.path, "huge", CROWD, 100_001)) {
			scene.watch();
			peer.awaitReady();

			scene.assertNobodyElseNoticedAndNothingIsLeft();

			assertThat(scene.statistics().errors(PipeErrorType.TOO_LARGE)).isEqualTo(CROWD);
			assertThat(scene.statistics().closed(CloseReason.PROTOCOL)).isEqualTo(CROWD);
			scene.assertTold("maximum of 100000 bytes");
		}
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenPeersConnectAndLeaveWithoutEndThenTheOthersAreServed(Wire wire) throws Exception {
		try (Scene scene = new Scene(wire, this.path)) {
			long accepted = scene.statistics().accepted();
			try (FaultyPeer peer = scene.peer("endless-hello-and-goodbye", 0)) {
				scene.watch();
				await().atMost(Scene.SOON).until(() -> scene.statistics().accepted() > accepted + 50);
			}

			scene.assertNobodyElseNoticedAndNothingIsLeft();

			assertThat(scene.log().lines()).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenTheSocketFileIsDeletedThenItIsThereAgainSoon(Wire wire) throws Exception {
		try (Scene scene = new Scene(wire, this.path)) {
			Files.delete(this.path);
			scene.watch();
			await().atMost(Scene.SOON).until(() -> Files.exists(this.path));
			await().atMost(Scene.SOON).until(() -> !scene.log().lines().isEmpty());

			scene.assertNobodyElseNoticedAndNothingIsLeft();

			await().atMost(Scene.SOON).until(() -> scene.statistics().errors(PipeErrorType.NAME_LOST) == 1);
			assertThat(scene.log().lines()).singleElement()
				.asString()
				.contains(this.path.toString(), "had vanished and was taken again");
		}
	}

}
