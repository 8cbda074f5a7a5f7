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

import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.springframework.context.ConfigurableApplicationContext;

import io.namedpipe.integration.NamedPipeServer;

/**
 * What a connection costs that says nothing: a server in a process of its own, from
 * properties, and as many clients here. Run it on a JDK with virtual threads to see
 * those.
 */
public final class IdleConnections {

	private IdleConnections() {
	}

	/**
	 * Measures.
	 * @param args the numbers of connections
	 * @throws Exception if it fails
	 */
	public static void main(String[] args) throws Exception {
		System.out.println("| connections | threads of the server | heap each | RSS each | connected in |");
		System.out.println("|---|---:|---:|---:|---:|");
		for (String count : args) {
			measure(Integer.parseInt(count));
		}
	}

	private static void measure(int count) throws Exception {
		Path folder = Files.createTempDirectory("np");
		Process server = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xmx2g", "-cp", System.getProperty("java.class.path"), Server.class.getName(), folder.toString())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		List<SocketChannel> clients = new ArrayList<>();
		try (BufferedReader answers = server.inputReader()) {
			Map<String, Long> before = ask(server, answers);
			long start = System.nanoTime();
			for (int i = 0; i < count; i++) {
				clients.add(SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve("pipe"))));
			}
			Map<String, Long> after = ask(server, answers);
			while (after.get("connections") < count) {
				after = ask(server, answers);
			}
			double seconds = (System.nanoTime() - start) / 1e9;
			System.out.printf(Locale.ROOT, "| %d | %d | %.1f KiB | %.1f KiB | %.1f s |%n", count, after.get("threads"),
					(after.get("heap") - before.get("heap")) / 1024.0 / count,
					(after.get("rss") - before.get("rss")) / 1024.0 / count, seconds);
		}
		finally {
			server.destroyForcibly().waitFor();
			for (SocketChannel client : clients) {
				client.close();
			}
		}
	}

	private static Map<String, Long> ask(Process server, BufferedReader answers) throws IOException {
		server.getOutputStream().write('\n');
		server.getOutputStream().flush();
		String line = answers.readLine();
		while (line != null && !line.startsWith("state ")) {
			line = answers.readLine();
		}
		if (line == null) {
			throw new IOException("The server has ended");
		}
		Map<String, Long> state = new TreeMap<>();
		for (String part : line.substring("state ".length()).split(" ")) {
			state.put(part.split("=")[0], Long.valueOf(part.split("=")[1]));
		}
		return state;
	}

	/**
	 * The server process.
	 */
	static final class Server {

		private Server() {
		}

		public static void main(String[] args) throws Exception {
			boolean virtual = Runtime.version().feature() >= 21;
			PipeAdapterPeer peer = new PipeAdapterPeer(true, false, virtual);
			peer.start(Path.of(args[0]), 0);
			ConfigurableApplicationContext context = peer.serverContext();
			NamedPipeServer server = context.getBean(NamedPipeServer.class);
			while (System.in.read() >= 0) {
				System.gc();
				Runtime runtime = Runtime.getRuntime();
				System.out.println("state connections=" + server.pipe().instanceCount() + " threads=" + osThreads()
						+ " heap=" + (runtime.totalMemory() - runtime.freeMemory()) + " rss=" + rss());
			}
		}

		private static long osThreads() throws IOException {
			try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
				return tasks.count();
			}
		}

		private static long rss() throws IOException {
			for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
				if (line.startsWith("VmRSS:")) {
					return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
				}
			}
			return 0;
		}

	}

}
