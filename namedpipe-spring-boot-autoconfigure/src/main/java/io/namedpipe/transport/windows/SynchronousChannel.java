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

package io.namedpipe.transport.windows;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.PendingInput;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * One end of an anonymous pipe: a synchronous handle, which goes one way.
 */
final class SynchronousChannel implements TransportChannel {

	private final boolean reads;

	private final PipeHandle handle;

	private final SynchronousCall call = new SynchronousCall();

	private final InterruptibleCall interruptible = new InterruptibleCall(this.call::end);

	private final NativeBuffer buffer = NativeBuffer.take(NativeBuffer.LARGE);

	private final Memory count = new Memory(Integer.BYTES);

	private volatile boolean inputEnded;

	/**
	 * Takes a handle over.
	 * @param pipe the handle
	 * @param reads whether it is the end that reads
	 */
	SynchronousChannel(long pipe, boolean reads) {
		this.reads = reads;
		this.handle = new PipeHandle(pipe, () -> {
			Kernel32.CloseHandle(pipe);
			this.buffer.giveBack();
			this.count.close();
		});
	}

	@Override
	public PeerCredentials peer() {
		return PeerCredentials.UNKNOWN;
	}

	@Override
	public int read(ByteBuffer target) throws TransportException {
		if (!this.reads) {
			throw oneWay("written");
		}
		long pipe = this.handle.enter();
		try {
			Completion completion = Completion.DONE;
			// a peer may write nothing, which is no end of stream
			while (isRead(completion)) {
				completion = read(pipe, Math.min(target.remaining(), this.buffer.size()));
				int length = isRead(completion) ? this.count.getInt(0) : 0;
				if (length > 0) {
					this.buffer.get(length, target);
					return length;
				}
			}
			if (completion == Completion.CANCELLED) {
				checkEnded();
			}
			return -1;
		}
		finally {
			this.handle.leave();
		}
	}

	// the parent may have passed a pipe of messages
	private static boolean isRead(Completion completion) {
		return completion == Completion.DONE || completion == Completion.MORE_DATA;
	}

	private Completion read(long pipe, int length) throws TransportException {
		return make(() -> Kernel32.ReadFile(pipe, this.buffer.address(), length, countAddress(), Kernel32.NULL),
				"read from the pipe");
	}

	/**
	 * Makes a call that an interrupt ends, and with it the connection: a handle of this
	 * kind cannot tell how much of a write has been done.
	 */
	private Completion make(BooleanSupplier call, String doing) throws TransportException {
		return this.interruptible.make(() -> Win32Error.completion(error(call), doing), doing);
	}

	// Between enter and leave all that this thread waits for is cancelled, the loading of
	// a class too
	private int error(BooleanSupplier call) throws TransportException {
		if (!this.call.enter()) {
			return Win32Error.ERROR_OPERATION_ABORTED;
		}
		try {
			return call.getAsBoolean() ? 0 : Win32Error.last();
		}
		finally {
			this.call.leave();
		}
	}

	private void checkEnded() throws TransportException {
		if (this.handle.isClosed()) {
			throw this.handle.closed();
		}
		if (!this.inputEnded) {
			throw new TransportException(Reason.IO, "A read from the pipe was cancelled");
		}
	}

	private long countAddress() {
		return Pointer.nativeValue(this.count);
	}

	@Override
	public void write(ByteBuffer[] sources, int offset, int length) throws TransportException {
		if (this.reads) {
			throw oneWay("read");
		}
		long pipe = this.handle.enter();
		try {
			this.buffer.clear();
			for (int i = offset; i < offset + length; i++) {
				this.buffer.fill(sources[i]);
				while (sources[i].hasRemaining()) {
					write(pipe);
					this.buffer.fill(sources[i]);
				}
			}
			if (this.buffer.filled() > 0) {
				write(pipe);
			}
		}
		finally {
			this.handle.leave();
		}
	}

	private void write(long pipe) throws TransportException {
		Completion completion = make(() -> Kernel32.WriteFile(pipe, this.buffer.address(), this.buffer.filled(),
				countAddress(), Kernel32.NULL), "write to the pipe");
		switch (completion) {
			case DONE -> this.buffer.clear();
			case PEER_GONE ->
				throw new TransportException(Reason.PEER_GONE, "The reader of the anonymous pipe has left");
			case CANCELLED -> throw this.handle.closed();
			default -> throw new IllegalStateException("Unexpected completion of a write: " + completion);
		}
	}

	private static TransportException oneWay(String participle) {
		return new TransportException(Reason.UNSUPPORTED,
				"This end of the anonymous pipe is " + participle + ": it goes one way");
	}

	@Override
	public PendingInput pendingInput() throws TransportException {
		long pipe = this.handle.enter();
		try {
			int[] available = new int[1];
			if (!this.reads) {
				return PendingInput.NOTHING;
			}
			if (this.inputEnded
					|| !Kernel32.PeekNamedPipe(pipe, Kernel32.NULL, 0, Kernel32.NULL, available, new int[1])) {
				return PendingInput.END;
			}
			return (available[0] == 0) ? PendingInput.NOTHING : PendingInput.DATA;
		}
		finally {
			this.handle.leave();
		}
	}

	@Override
	public byte @Nullable [] readMessage(int maxSize) throws TransportException {
		throw byteMode();
	}

	@Override
	public void writeMessage(ByteBuffer message) throws TransportException {
		throw byteMode();
	}

	private static TransportException byteMode() {
		return new TransportException(Reason.MODE_MISMATCH,
				"There are no messages on an anonymous pipe: it is in byte mode");
	}

	@Override
	public void endInput() {
		this.inputEnded = true;
		if (this.reads) {
			this.call.end();
		}
	}

	@Override
	public void endOutput() throws TransportException {
		throw new TransportException(Reason.UNSUPPORTED, "There is no half to close of an anonymous pipe");
	}

	/**
	 * What was written stays for the reader, beyond a close.
	 */
	@Override
	public boolean drain(Duration timeout) {
		return true;
	}

	@Override
	public <T extends @Nullable Object> T runAsPeer(Callable<T> task) throws TransportException {
		throw new TransportException(Reason.UNSUPPORTED, "Who is at the other end of an anonymous pipe is not known");
	}

	@Override
	public void close() {
		this.handle.close(this.call::end);
	}

}
