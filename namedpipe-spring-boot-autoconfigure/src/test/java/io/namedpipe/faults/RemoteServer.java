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

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

import ch.qos.logback.classic.Level;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import io.namedpipe.testsupport.JavaProcess;

import static org.awaitility.Awaitility.await;

/**
 * An {@link EchoServer} in a process of its own, which can be asked how it is.
 */
final class RemoteServer implements AutoCloseable {

	private final JavaProcess process;

	private RemoteServer(JavaProcess process) {
		this.process = process;
	}

	static JavaProcess.Builder process(TransportUnderTest transport, Path path) {
		return JavaProcess.of(RemoteServer.class, transport.name(), path.toString());
	}

	static RemoteServer start(JavaProcess.Builder process) throws IOException {
		RemoteServer server = new RemoteServer(process.start());
		server.process.nextLine();
		return server;
	}

	Process process() {
		return this.process.process();
	}

	private synchronized String ask(String question) {
		this.process.send(question);
		return this.process.nextLine();
	}

	/**
	 * Why the server is not healthy, empty if it is.
	 */
	String fault() {
		return ask("fault");
	}

	/**
	 * The number of clients.
	 */
	int clients() {
		return Integer.parseInt(ask("clients"));
	}

	/**
	 * The sum of the counters of a name, whatever their tags.
	 */
	long count(String meter) {
		return Long.parseLong(ask(meter));
	}

	long descriptors() {
		return Long.parseLong(ask("descriptors"));
	}

	List<String> log() {
		return List.of(ask("log").split("\\|"));
	}

	void awaitClients(int count) {
		await().atMost(FaultScenario.SOON).until(() -> clients() == count);
	}

	@Override
	public void close() {
		this.process.close();
	}

	public static void main(String[] args) throws Exception {
		LogCapture.silence();
		BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		PrintStream answers = System.out;
		try (EchoServer echo = new EchoServer(TransportUnderTest.valueOf(args[0]), Path.of(args[1]), "backlog=1000");
				LogCapture log = new LogCapture(Level.INFO)) {
			loadClassesThatNeedDescriptors(echo);
			answers.println("started");
			String question = questions.readLine();
			while (question != null) {
				answers.println(answer(question, echo, log));
				question = questions.readLine();
			}
		}
	}

	// from folders, not from jars that are open anyway
	private static void loadClassesThatNeedDescriptors(EchoServer echo) {
		ResourceSnapshot.now();
		echo.health();
		Health.down(new IOException("none")).build().toString();
	}

	private static Object answer(String question, EchoServer echo, LogCapture log) {
		return switch (question) {
			case "fault" -> (echo.health().getStatus() == Status.UP) ? "" : echo.health().toString();
			case "clients" -> echo.server().instanceCount();
			case "descriptors" -> ResourceSnapshot.now().descriptors();
			case "log" -> String.join("|", log.lines());
			default -> echo.count(question);
		};
	}

}
