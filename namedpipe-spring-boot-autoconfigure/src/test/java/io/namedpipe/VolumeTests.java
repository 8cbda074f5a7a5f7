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

package io.namedpipe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.namedpipe.testsupport.Descriptors;
import io.namedpipe.testsupport.JavaProcess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A gigabyte in each direction through each kind of pipe, in a process with a heap of 64
 * MiB.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class VolumeTests {

	@TempDir
	private Path folder;

	@ParameterizedTest
	@EnumSource
	void whenGigabyteGoesEachWayThenAllArrivesInSmallHeap(Kind kind) throws Exception {
		try (JavaProcess process = JavaProcess.of(Volume.class, kind.name(), this.folder.toString())
			.jvmArguments("-Xmx64m")
			.start()) {
			assertThat(process.output()).isEqualTo("OUT intact\nIN intact\nno descriptor left");
		}
	}

	/**
	 * The kinds of pipe.
	 */
	enum Kind {

		STREAM, SEQPACKET, FIFO, ANONYMOUS

	}

	/**
	 * Both ends, which is what the small heap is for.
	 */
	static final class Volume {

		private static final long GIGABYTE = 1L << 30;

		private static final int CHUNK = 64 * 1024;

		private final Kind kind;

		private final Path folder;

		private final ExecutorService threads = Executors.newCachedThreadPool();

		private Volume(Kind kind, Path folder) {
			this.kind = kind;
			this.folder = folder;
		}

		public static void main(String[] args) throws Exception {
			new Volume(Kind.valueOf(args[0]), Path.of(args[1])).run();
		}

		private void run() throws Exception {
			transfer(PipeDirection.OUT, CHUNK);
			transfer(PipeDirection.IN, CHUNK);
			long before = Descriptors.open();
			for (PipeDirection direction : new PipeDirection[] { PipeDirection.OUT, PipeDirection.IN }) {
				System.out.println(direction + ((transfer(direction, GIGABYTE)) ? " intact" : " damaged"));
			}
			await().until(() -> Descriptors.open() <= before);
			System.out.println("no descriptor left");
			this.threads.shutdown();
		}

		private boolean transfer(PipeDirection direction, long size) throws Exception {
			if (this.kind == Kind.ANONYMOUS) {
				try (AnonymousPipeServer server = AnonymousPipeServer.builder(direction).build()) {
					String handle = server.getClientHandleAsString();
					return transfer(direction, size, server::connection,
							() -> AnonymousPipeClient.open(opposite(direction), handle));
				}
			}
			try (PipeServer server = configured(PipeServer.builder("volume"), direction).build();
					PipeClient client = configured(PipeClient.builder("volume"), opposite(direction)).build()) {
				server.start();
				return transfer(direction, size, server::accept, client::connect);
			}
		}

		private static PipeDirection opposite(PipeDirection direction) {
			return (direction == PipeDirection.IN) ? PipeDirection.OUT : PipeDirection.IN;
		}

		private <B extends PipeBuilder<B>> B configured(B builder, PipeDirection direction) {
			builder.directory(this.folder);
			if (this.kind == Kind.FIFO) {
				builder.type(PipeType.FIFO).direction(direction);
			}
			return builder
				.transmissionMode((this.kind == Kind.SEQPACKET) ? TransmissionMode.MESSAGE : TransmissionMode.BYTE);
		}

		private boolean transfer(PipeDirection direction, long size, Callable<PipeConnection> server,
				Callable<PipeConnection> client) throws Exception {
			boolean toClient = direction == PipeDirection.OUT;
			Future<Long> written = this.threads.submit(() -> write((toClient) ? server.call() : client.call(), size));
			Future<Long> read = this.threads.submit(() -> read((toClient) ? client.call() : server.call(), size));
			return written.get().equals(read.get());
		}

		private static long write(PipeConnection connection, long size) throws IOException {
			CRC32 checksum = new CRC32();
			ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
			new Random(7).nextBytes(chunk.array());
			try (connection) {
				for (long sent = 0; sent < size; sent += CHUNK) {
					chunk.clear().putLong(0, sent);
					checksum.update(chunk.array());
					connection.write(chunk);
				}
			}
			return checksum.getValue();
		}

		private static long read(PipeConnection connection, long size) throws IOException {
			CRC32 checksum = new CRC32();
			ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
			long received = 0;
			try (connection) {
				while (connection.read(chunk.clear()) >= 0) {
					received += chunk.position();
					checksum.update(chunk.flip());
				}
			}
			return (received == size) ? checksum.getValue() : -received;
		}

	}

}
