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
import java.util.Set;

/**
 * What a rate is to be at least, as a multiple of that of another peer.
 *
 * @param scenario the name of the scenario
 * @param ours the peer
 * @param theirs the other peer
 * @param wanted the multiple
 */
record Target(String scenario, String ours, String theirs, double wanted) {

	boolean isIn(Scenario scenario, Set<String> peers) {
		return scenario.name().equals(this.scenario) && peers.contains(this.ours) && peers.contains(this.theirs);
	}

	static List<Target> all(boolean pinned) {
		List<Target> all = new ArrayList<>();
		for (String scenario : List.of("roundtrip-64-1", "roundtrip-4096-1")) {
			all.add(new Target(scenario, "pipe-gateway", Peers.FLOOR, (pinned) ? 0.7 : 0.9));
			all.add(new Target(scenario, "pipe-gateway", "spring-tcp-net", 1.5));
		}
		if (pinned) {
			all.add(new Target("roundtrip-64-1", "pipe-api", Peers.FLOOR, 0.9));
		}
		all.add(new Target("roundtrip-64-64", "pipe-inbound-gateway", "netty", 1));
		all.add(new Target("oneway-64-1", "pipe-adapter", "spring-tcp-net", 4));
		all.add(new Target("oneway-65536-1", "pipe-adapter", "c", 0.8));
		all.add(new Target("pipelined-64-1", "pipe-gateway-1000-in-flight", Peers.FLOOR, 0.85));
		all.add(new Target("connect-64-1", "pipe-inbound-gateway", Peers.FLOOR, 0.8));
		return all;
	}

}
