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

import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * A C program that echoes or swallows, spoken to as the floor is.
 */
final class CPeer implements Peer {

	private final boolean echo;

	private @Nullable Process process;

	private Path path = Path.of("/");

	CPeer(boolean echo) {
		this.echo = echo;
	}

	@Override
	public void start(Path folder, int clients) throws Exception {
		this.path = folder.resolve("c");
		Path program = folder.resolve("peer");
		Path source = Path.of(System.getProperty("benchmark.c.source", "src/benchmark/c/peer.c"));
		Process compiler = new ProcessBuilder("cc", "-O2", "-pthread", "-static", "-o", program.toString(),
				source.toString())
			.inheritIO()
			.start();
		if (compiler.waitFor() != 0) {
			throw new IllegalStateException("No C compiler");
		}
		Process started = new ProcessBuilder(program.toString(), this.path.toString(), (this.echo) ? "echo" : "sink")
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		this.process = started;
		started.getInputStream().read();
	}

	@Override
	public Client connect() throws Exception {
		return new NioPeer.NioClient(SocketChannel.open(UnixDomainSocketAddress.of(this.path)), this.echo);
	}

	@Override
	public void close() throws Exception {
		if (this.process != null) {
			this.process.destroyForcibly().waitFor();
		}
		Files.deleteIfExists(this.path);
	}

}
