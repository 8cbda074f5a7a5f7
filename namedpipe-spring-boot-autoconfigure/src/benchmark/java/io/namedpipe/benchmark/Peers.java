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

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * The peers by name.
 */
final class Peers {

	/** What every other rate is divided by. */
	static final String FLOOR = "nio";

	private static final Map<String, Supplier<Peer>> roundTrip = new LinkedHashMap<>();

	// Where the clients are bare: a context for each would measure Spring's start
	private static final Map<String, Supplier<Peer>> connect = new LinkedHashMap<>();

	private static final Map<String, Supplier<Peer>> oneWay = new LinkedHashMap<>();

	private static final Map<String, Supplier<Peer>> broadcast = new LinkedHashMap<>();

	// The floor is what the flow calls, called without a pipe
	private static final Map<String, Supplier<Peer>> pipelined = new LinkedHashMap<>();

	static {
		pipelined.put(FLOOR, PipelinedPeer::withoutPipe);
		pipelined.put("pipe-gateway-1-in-flight", () -> PipelinedPeer.overGateway(1));
		pipelined.put("pipe-gateway-1000-in-flight", () -> PipelinedPeer.overGateway(1000));
		broadcast.put(FLOOR, () -> new BroadcastPeer(false));
		broadcast.put("pipe-adapter", () -> new BroadcastPeer(true));
		roundTrip.put(FLOOR, () -> new NioPeer(true, false));
		roundTrip.put("c", () -> new CPeer(true));
		roundTrip.put("netty", NettyPeer::new);
		roundTrip.put("spring-tcp-net", () -> new SpringTcpPeer(true, false));
		roundTrip.put("spring-tcp-nio", () -> new SpringTcpPeer(true, true));
		roundTrip.put("pipe-api", () -> new PipeApiPeer(true, false));
		roundTrip.put("pipe-api-message", () -> new PipeApiPeer(true, true));
		roundTrip.put("pipe-inbound-gateway", () -> PipeAdapterPeer.withBareClients(false));
		roundTrip.put("pipe-inbound-gateway-virtual", () -> PipeAdapterPeer.withBareClients(true));
		roundTrip.put("pipe-gateway", () -> new PipeAdapterPeer(true, false, false));
		roundTrip.put("pipe-gateway-meters", () -> PipeAdapterPeer.metered(true));
		roundTrip.put("pipe-gateway-all-meters", () -> PipeAdapterPeer.meteredAsWithActuator(true));
		roundTrip.put("pipe-gateway-virtual", () -> new PipeAdapterPeer(true, false, true));
		roundTrip.put("pipe-gateway-message", () -> new PipeAdapterPeer(true, true, false));
		connect.put(FLOOR, () -> new NioPeer(true, true));
		connect.put("c", () -> new CPeer(true));
		connect.put("netty", NettyPeer::new);
		connect.put("pipe-api", () -> new PipeApiPeer(true, false));
		connect.put("pipe-inbound-gateway", () -> PipeAdapterPeer.withBareClients(false));
		connect.put("pipe-inbound-gateway-virtual", () -> PipeAdapterPeer.withBareClients(true));
		oneWay.put(FLOOR, () -> new NioPeer(false, false));
		oneWay.put("c", () -> new CPeer(false));
		oneWay.put("spring-tcp-net", () -> new SpringTcpPeer(false, false));
		oneWay.put("spring-tcp-nio", () -> new SpringTcpPeer(false, true));
		oneWay.put("pipe-api", () -> new PipeApiPeer(false, false));
		oneWay.put("pipe-api-message", () -> new PipeApiPeer(false, true));
		oneWay.put("pipe-adapter", () -> new PipeAdapterPeer(false, false, false));
		oneWay.put("pipe-adapter-meters", () -> PipeAdapterPeer.metered(false));
		oneWay.put("pipe-adapter-all-meters", () -> PipeAdapterPeer.meteredAsWithActuator(false));
		oneWay.put("pipe-adapter-message", () -> new PipeAdapterPeer(false, true, false));
	}

	private Peers() {
	}

	static Peer create(Direction direction, String name) {
		Supplier<Peer> supplier = peers(direction).get(name);
		return Objects.requireNonNull(supplier, () -> "Unknown peer " + name).get();
	}

	static Iterable<String> names(Direction direction) {
		return peers(direction).keySet();
	}

	private static Map<String, Supplier<Peer>> peers(Direction direction) {
		return switch (direction) {
			case ROUND_TRIP -> roundTrip;
			case CONNECT -> connect;
			case ONE_WAY -> oneWay;
			case BROADCAST -> broadcast;
			case PIPELINED -> pipelined;
		};
	}

}
