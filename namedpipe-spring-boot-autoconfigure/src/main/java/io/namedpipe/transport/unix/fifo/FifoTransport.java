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

package io.namedpipe.transport.unix.fifo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.Capability;
import io.namedpipe.transport.ConnectOptions;
import io.namedpipe.transport.ListenOptions;
import io.namedpipe.transport.Transport;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.TransportListener;
import io.namedpipe.transport.unix.account.ServerUser;
import io.namedpipe.transport.unix.file.PosixPipePath;
import io.namedpipe.transport.unix.libc.Errno;
import io.namedpipe.transport.unix.libc.LibC;

/**
 * POSIX FIFOs, what {@code mkfifo} makes: one way, in byte mode, with one stream for all
 * who write and one for all who read. A short name is a file in the folder, without a
 * prefix.
 * <p>
 * The kernel keeps a single write of up to {@code PIPE_BUF} (4096 bytes on Linux) in one
 * piece; the larger ones of writers that write at the same time are interleaved.
 * <p>
 * A server makes the FIFO. A client uses an existing one: to read it is connected once
 * the FIFO is open, with or without a writer; to write it is connected once there is a
 * reader.
 */
final class FifoTransport implements Transport {

	static final Set<Capability> CAPABILITIES = Collections
		.unmodifiableSet(EnumSet.of(Capability.FIFO, Capability.FILE_SYSTEM_NAME, Capability.ACCESS_RULES));

	private static final long SPARE_SECONDS = 30;

	/**
	 * The reading end of a client's last connection, for its next one: what is written in
	 * between is not lost.
	 */
	private final AtomicReference<@Nullable Spare> spare = new AtomicReference<>();

	private volatile boolean keeping;

	@Override
	public Set<Capability> capabilities() {
		return CAPABILITIES;
	}

	@Override
	public String resolve(String pipeName, @Nullable Path directory) throws TransportException {
		return PosixPipePath.ofFifo(pipeName, directory).toString();
	}

	@Override
	public TransportListener listen(ListenOptions options) throws TransportException {
		Path path = PosixPipePath.ofFifo(options.pipeName(), options.directory());
		check(path, options.message(), options.readable() && options.writable());
		return (options.readable()) ? new FifoInputListener(path, options) : new FifoOutputListener(path, options);
	}

	private static void check(Path path, boolean message, boolean duplex) throws TransportException {
		if (message) {
			throw new TransportException(Reason.UNSUPPORTED,
					"The FIFO " + path + " cannot be in message mode: set transmission-mode to 'byte'");
		}
		if (duplex) {
			throw new TransportException(Reason.UNSUPPORTED,
					"The FIFO " + path + " goes one way: set direction to 'in' or 'out'");
		}
	}

	@Override
	public TransportChannel connect(ConnectOptions options) throws TransportException {
		Path path = PosixPipePath.ofFifo(options.pipeName(), options.directory());
		check(path, options.message(), options.readable() && options.writable());
		FifoFile file = FifoFile.find(path, ServerUser.of(options.verifyServerUser()));
		try (file) {
			return (options.readable()) ? connectToRead(file, options) : connectToWrite(file, options);
		}
		catch (IOException ex) {
			throw FifoFile.failure(path, ex);
		}
	}

	private TransportChannel connectToRead(FifoFile file, ConnectOptions options) throws IOException {
		this.keeping = true;
		FifoSource source = takeSpare(file);
		if (source == null) {
			source = new FifoSource(file);
			try {
				file.resize(options.inBufferSize(), true);
			}
			catch (TransportException | RuntimeException ex) {
				source.close();
				throw ex;
			}
		}
		return new FifoInputChannel(file, source, ByteBuffer.allocate(0), (ended) -> keep(file, ended));
	}

	private @Nullable FifoSource takeSpare(FifoFile file) throws IOException {
		Spare kept = this.spare.getAndSet(null);
		if (kept == null) {
			return null;
		}
		if (kept.file().isSameAs(file)) {
			try {
				kept.source().begin();
				return kept.source();
			}
			catch (IOException | RuntimeException ex) {
				kept.source().close();
				throw ex;
			}
		}
		kept.source().close();
		return null;
	}

	private void keep(FifoFile file, FifoSource source) {
		Spare kept = new Spare(file, source);
		if (!source.isEnded() || !this.spare.compareAndSet(null, kept)) {
			source.close();
			return;
		}
		if (!this.keeping) {
			releaseKept();
			return;
		}
		CompletableFuture.delayedExecutor(SPARE_SECONDS, TimeUnit.SECONDS).execute(() -> {
			if (this.spare.compareAndSet(kept, null)) {
				source.close();
			}
		});
	}

	@Override
	public void releaseKept() {
		this.keeping = false;
		Spare kept = this.spare.getAndSet(null);
		if (kept != null) {
			kept.source().close();
		}
	}

	private static TransportChannel connectToWrite(FifoFile file, ConnectOptions options) throws IOException {
		int writer = file.open(LibC.O_WRONLY);
		if (writer < 0) {
			throw (Errno.last() == Errno.ENXIO)
					? new TransportException(Reason.NO_SERVER, "Nobody reads the FIFO " + file)
					: Errno.failure("open " + file + " for writing", Errno.last());
		}
		FifoSink sink = new FifoSink(writer);
		try {
			file.resize(options.outBufferSize(), false);
		}
		catch (TransportException | RuntimeException ex) {
			sink.close();
			throw ex;
		}
		return new OneWayOutputChannel("the FIFO " + file, sink, () -> {
		});
	}

	private record Spare(FifoFile file, FifoSource source) {
	}

}
