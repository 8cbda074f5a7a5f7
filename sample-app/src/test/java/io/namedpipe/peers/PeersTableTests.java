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

package io.namedpipe.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

import io.namedpipe.peers.ShownByPeers.Line;
import io.namedpipe.peers.Shows.Role;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The tables of the documentation's page on peers are what has run: this is the last test
 * of {@code verify}.
 */
class PeersTableTests {

	private static final Path PAGE = Path.of("..", "namedpipe-spring-boot-autoconfigure", "docs", "peers.md");

	private static List<Line> lines;

	@BeforeAll
	static void readWhatWasShown() throws IOException {
		Class<?>[] tests = { PeerTests.class, DotnetPeerTests.class, SpecialPeerTests.class,
				AnonymousPipePeerTests.class, PackagedSampleTests.class };
		for (String system : List.of("linux", "windows")) {
			if (!ShownByPeers.isThere(system, tests)) {
				String reason = "not all tests of peers have run on " + system;
				if (Boolean.getBoolean(Peer.REQUIRED)) {
					throw new AssertionError(reason);
				}
				throw new TestAbortedException(reason);
			}
		}
		lines = ShownByPeers.all();
	}

	@Test
	void whenAllHaveRunThenTheProgramsAreThoseOfThePage() throws Exception {
		assertThat(table("| Program |")).containsExactlyElementsOf(programs());
	}

	@Test
	void whenAllHaveRunThenWhatIsSpecialIsThatOfThePage() throws Exception {
		assertThat(table("| Shown |")).containsExactlyElementsOf(specials());
	}

	private static List<String> programs() {
		List<String> rows = new ArrayList<>();
		for (Peer peer : Peer.values()) {
			rows.add("| " + peer.label() + " | "
					+ Stream.of("linux", "windows")
						.flatMap((system) -> Stream.of(Role.CLIENT, Role.SERVER)
							.map((role) -> shows(system, peer, role) ? "yes" : "-"))
						.collect(Collectors.joining(" | "))
					+ " |");
		}
		return rows;
	}

	// all that any peer shows there
	private static boolean shows(String system, Peer peer, Role role) {
		Set<String> all = shown((line) -> line.system().equals(system) && line.role() == role);
		Set<String> here = shown((line) -> line.system().equals(system) && line.role() == role && line.peer() == peer);
		assertThat(here).as("of all that a " + role + " on " + system + " has to show, by " + peer)
			.satisfiesAnyOf((shown) -> assertThat(shown).isEmpty(), (shown) -> assertThat(shown).isEqualTo(all));
		return !here.isEmpty();
	}

	private static Set<String> shown(Predicate<Line> filter) {
		return lines.stream().filter(filter).map(Line::shown).collect(Collectors.toCollection(TreeSet::new));
	}

	private static List<String> specials() {
		return shown((line) -> line.role() == Role.SPECIAL).stream()
			.map((shown) -> "| " + shown + " | " + by("linux", shown) + " | " + by("windows", shown) + " |")
			.toList();
	}

	private static String by(String system, String shown) {
		String peers = Stream.of(Peer.values())
			.filter((peer) -> lines.contains(new Line(system, peer, Role.SPECIAL, shown)))
			.map(Peer::label)
			.collect(Collectors.joining("; "));
		return peers.isEmpty() ? "-" : peers;
	}

	private static List<String> table(String head) throws IOException {
		return Files.readAllLines(PAGE)
			.stream()
			.dropWhile((line) -> !line.startsWith(head))
			.skip(2)
			.takeWhile((line) -> line.startsWith("|"))
			.toList();
	}

}
