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

package io.namedpipe.socket;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * A process whose sockets have to wait for the first time when no descriptor is left.
 */
final class FullDescriptorTable {

	static final int SIZE = 2_000_000;

	private FullDescriptorTable() {
	}

	public static void main(String[] arguments) throws Exception {
		NamedPipeSocketFactory sockets = new NamedPipeSocketFactory(arguments[0]);
		try (ServerSocket listening = new NamedPipeServerSocketFactory(arguments[0]).createServerSocket(1)) {
			// loads the classes, each of which may take a descriptor
			sendMuch(sockets.createSocket("localhost", 1), listening.accept());
			Socket client = sockets.createSocket("localhost", 1);
			Socket server = listening.accept();
			Deque<InputStream> table = fill();
			// one more class may be needed all the same
			table.removeLast().close();

			System.out.println("received " + sendMuch(client, server));

			for (InputStream entry : table) {
				entry.close();
			}
		}
	}

	private static Deque<InputStream> fill() throws IOException {
		Deque<InputStream> table = new ArrayDeque<>();
		try {
			while (true) {
				table.add(new FileInputStream("/dev/null"));
			}
		}
		catch (FileNotFoundException ex) {
			return table;
		}
	}

	private static int sendMuch(Socket from, Socket to) throws Exception {
		Thread writer = new Thread(() -> {
			try (from) {
				from.getOutputStream().write(new byte[SIZE]);
			}
			catch (IOException ex) {
				System.out.println("not sent: " + ex);
			}
		});
		writer.start();
		while (writer.isAlive() && !waitsForRoom(writer)) {
			Thread.onSpinWait();
		}
		int count = to.getInputStream().readAllBytes().length;
		writer.join();
		to.close();
		return count;
	}

	private static boolean waitsForRoom(Thread writer) {
		return Arrays.stream(writer.getStackTrace()).anyMatch((call) -> call.getMethodName().equals("select"));
	}

}
