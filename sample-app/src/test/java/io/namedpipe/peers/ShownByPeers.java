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

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Keeps what the tests of a class that passed show of peers, in a file that
 * {@link PeersTableTests} reads after all have run on all systems.
 */
final class ShownByPeers implements BeforeAllCallback, AfterAllCallback, InvocationInterceptor {

	static final Path FOLDER = Path.of("target", "peers", "shown");

	private static final String SYSTEM = (File.separatorChar == '/') ? "linux" : "windows";

	private final Set<String> lines = new LinkedHashSet<>();

	@Override
	public void beforeAll(ExtensionContext context) throws IOException {
		Files.deleteIfExists(file(context));
	}

	@Override
	public void interceptTestMethod(Invocation<Void> invocation, ReflectiveInvocationContext<Method> method,
			ExtensionContext context) throws Throwable {
		invocation.proceed();
		add(method);
	}

	@Override
	public void interceptTestTemplateMethod(Invocation<Void> invocation, ReflectiveInvocationContext<Method> method,
			ExtensionContext context) throws Throwable {
		invocation.proceed();
		add(method);
	}

	private void add(ReflectiveInvocationContext<Method> method) {
		Shows shows = method.getExecutable().getAnnotation(Shows.class);
		if (shows != null) {
			Peer peer = method.getArguments()
				.stream()
				.filter(Peer.class::isInstance)
				.map(Peer.class::cast)
				.findFirst()
				.orElse(shows.by());
			this.lines.add(new Line(SYSTEM, peer, shows.as(), shows.value()).toString());
		}
	}

	@Override
	public void afterAll(ExtensionContext context) throws IOException {
		Files.createDirectories(FOLDER);
		Files.write(file(context), this.lines);
	}

	private static Path file(ExtensionContext context) {
		return file(SYSTEM, context.getRequiredTestClass());
	}

	private static Path file(String system, Class<?> test) {
		return FOLDER.resolve(system + "-" + test.getSimpleName() + ".txt");
	}

	/**
	 * Whether the tests of these classes have run on a system.
	 */
	static boolean isThere(String system, Class<?>... tests) {
		return Stream.of(tests).allMatch((test) -> Files.exists(file(system, test)));
	}

	/**
	 * What all tests have shown.
	 */
	static List<Line> all() throws IOException {
		List<Line> all = new ArrayList<>();
		try (Stream<Path> files = Files.list(FOLDER)) {
			for (Path file : (Iterable<Path>) files.sorted()::iterator) {
				Files.readAllLines(file, StandardCharsets.UTF_8).stream().map(Line::parse).forEach(all::add);
			}
		}
		return all;
	}

	/**
	 * One thing that a peer did.
	 */
	record Line(String system, Peer peer, Shows.Role role, String shown) {

		static Line parse(String line) {
			String[] parts = line.split("\t");
			return new Line(parts[0], Peer.valueOf(parts[1]), Shows.Role.valueOf(parts[2]), parts[3]);
		}

		@Override
		public String toString() {
			return String.join("\t", this.system, this.peer.name(), this.role.name(), this.shown);
		}

	}

}
