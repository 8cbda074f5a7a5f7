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

package io.namedpipe.benchmark;

import java.util.ArrayList;
import java.util.List;

/**
 * Work that all peers do.
 *
 * @param name the name
 * @param method the method of {@link ExchangeBenchmark}
 * @param direction whether the other end answers
 * @param size bytes per payload
 * @param clients clients at once, each with a thread
 */
record Scenario(String name, String method, Direction direction, int size, int clients) {

	private static final int[] SIZES = { 64, 4 * 1024, 64 * 1024 };

	private static final int[] CLIENTS = { 1, 8, 64 };

	static List<Scenario> all() {
		List<Scenario> all = new ArrayList<>();
		for (int clients : CLIENTS) {
			for (int size : SIZES) {
				all.add(new Scenario("roundtrip-" + size + "-" + clients, "exchange", Direction.ROUND_TRIP, size,
						clients));
			}
		}
		for (int size : SIZES) {
			all.add(new Scenario("oneway-" + size + "-1", "exchange", Direction.ONE_WAY, size, 1));
		}
		all.add(new Scenario("broadcast-64-100", "exchange", Direction.BROADCAST, 64, 1));
		all.add(new Scenario("pipelined-64-1", "exchange", Direction.PIPELINED, 64, 1));
		all.add(new Scenario("connect-64-1", "connectAndExchange", Direction.CONNECT, 64, 1));
		return all;
	}

	/**
	 * How many payloads fill all queues and buffers.
	 */
	int priming() {
		return switch (this.direction) {
			case ONE_WAY -> 2000;
			case PIPELINED -> 1000;
			default -> 0;
		};
	}

	/**
	 * How long each of the two rounds takes that do not count: connections are so few in
	 * a second that it takes longer until they have been compiled.
	 */
	int warmUpSeconds() {
		return (this.direction == Direction.CONNECT) ? 5 : 1;
	}

	List<String> peers() {
		List<String> peers = new ArrayList<>();
		for (String peer : Peers.names(this.direction)) {
			boolean needsNewerJdk = peer.endsWith("-virtual") && Runtime.version().feature() < 21;
			// its replies are lost among that many, and the whole run with them
			boolean timesOut = peer.equals("spring-tcp-nio") && this.clients > 8;
			if (!needsNewerJdk && !timesOut) {
				peers.add(peer);
			}
		}
		return peers;
	}

}
