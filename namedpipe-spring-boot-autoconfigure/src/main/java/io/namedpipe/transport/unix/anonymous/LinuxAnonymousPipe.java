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

package io.namedpipe.transport.unix.anonymous;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;

import io.namedpipe.transport.AnonymousPipe;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.unix.fifo.OneWayOutputChannel;
import io.namedpipe.transport.unix.libc.Errno;
import io.namedpipe.transport.unix.libc.LibC;

/**
 * An anonymous pipe made by pipe2(2).
 */
final class LinuxAnonymousPipe implements AnonymousPipe {

	private final TransportChannel channel;

	private final int clientDescriptor;

	private final boolean clientReads;

	private final AtomicBoolean disposed = new AtomicBoolean();

	private LinuxAnonymousPipe(TransportChannel channel, int clientDescriptor, boolean clientReads) {
		this.channel = channel;
		this.clientDescriptor = clientDescriptor;
		this.clientReads = clientReads;
	}

	static LinuxAnonymousPipe create(boolean weRead, OptionalInt bufferSize) throws TransportException {
		int[] ends = new int[2];
		Errno.checked("create an anonymous pipe", () -> LibC.pipe2(ends, LibC.O_CLOEXEC));
		int client = ends[(weRead) ? 1 : 0];
		try {
			resize(ends[0], bufferSize);
			return new LinuxAnonymousPipe(takeOver(ends[(weRead) ? 0 : 1], weRead), client, !weRead);
		}
		catch (TransportException | RuntimeException ex) {
			LibC.close(ends[0]);
			LibC.close(ends[1]);
			throw ex;
		}
	}

	private static void resize(int descriptor, OptionalInt size) throws TransportException {
		if (size.isPresent() && LibC.fcntl(descriptor, LibC.F_SETPIPE_SZ, size.getAsInt()) < 0) {
			throw new TransportException(Reason.RESOURCE_LIMIT,
					"An anonymous pipe cannot have a buffer of " + size.getAsInt() + " bytes ("
							+ LibC.strerror(Errno.last()) + "): the limit is in /proc/sys/fs/pipe-max-size");
		}
	}

	/**
	 * Turns a descriptor into a channel, and closes the descriptor.
	 * @param descriptor the descriptor, left open if this fails
	 * @param reads whether it is the end that reads
	 * @return the channel
	 * @throws TransportException if it cannot be opened
	 */
	static TransportChannel takeOver(int descriptor, boolean reads) throws TransportException {
		String name = "the anonymous pipe " + descriptor;
		try {
			FileChannel channel = FileChannel.open(Path.of("/proc/self/fd/" + descriptor),
					(reads) ? StandardOpenOption.READ : StandardOpenOption.WRITE);
			LibC.close(descriptor);
			return (reads) ? new AnonymousInputChannel(name, channel) : new OneWayOutputChannel(name, channel, () -> {
			});
		}
		catch (IOException ex) {
			throw new TransportException(Reason.IO, "Cannot open " + name + ": " + ex.getMessage(), ex);
		}
	}

	/**
	 * Whether the client's end is the one that reads.
	 */
	boolean clientReads() {
		return this.clientReads;
	}

	/**
	 * Where a process that is being started finds the client's end.
	 * @return a path that this process can open
	 * @throws TransportException if the client's end has been disposed
	 */
	Path clientPath() throws TransportException {
		if (this.disposed.get()) {
			throw new TransportException(Reason.CLOSED,
					"The client's end of the anonymous pipe " + this.clientDescriptor + " has been disposed");
		}
		return Path.of("/dev/fd/" + this.clientDescriptor);
	}

	@Override
	public TransportChannel channel() {
		return this.channel;
	}

	@Override
	public String clientHandle() {
		return String.valueOf(this.clientDescriptor);
	}

	@Override
	public void disposeClient() {
		if (this.disposed.compareAndSet(false, true)) {
			LibC.close(this.clientDescriptor);
		}
	}

	@Override
	public void close() {
		disposeClient();
		this.channel.close();
	}

}
