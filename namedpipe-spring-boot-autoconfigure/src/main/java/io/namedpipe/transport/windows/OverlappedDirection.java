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

import java.util.concurrent.locks.ReentrantLock;

import io.namedpipe.transport.TransportException;

/**
 * One direction of a pipe handle. One thread at a time begins an operation and awaits it
 * (Windows cancels an operation when the thread that began it ends); any thread may end
 * the lane, which cancels the operation under way.
 */
final class OverlappedDirection {

	private final long pipe;

	private final Overlapped overlapped;

	private final String doing;

	private final ReentrantLock lock = new ReentrantLock();

	private boolean pending;

	private volatile boolean ended;

	OverlappedDirection(long pipe, Overlapped overlapped, String doing) {
		this.pipe = pipe;
		this.overlapped = overlapped;
		this.doing = doing;
	}

	/**
	 * Begins to read.
	 * @param buffer address of the buffer
	 * @param length its size
	 * @return how it went on; {@link Completion#CANCELLED} if the lane has ended
	 * @throws TransportException if the platform fails
	 */
	Completion read(long buffer, int length) throws TransportException {
		this.lock.lock();
		try {
			return this.ended ? Completion.CANCELLED
					: begun(Kernel32.ReadFile(this.pipe, buffer, length, Kernel32.NULL, this.overlapped.address()));
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Writes, waiting for room.
	 * @param buffer address of the bytes
	 * @param length their number
	 * @return how it went; {@link Completion#CANCELLED} if the lane has ended
	 * @throws TransportException if the platform fails
	 */
	Completion write(long buffer, int length) throws TransportException {
		Completion completion;
		this.lock.lock();
		try {
			completion = this.ended ? Completion.CANCELLED
					: begun(Kernel32.WriteFile(this.pipe, buffer, length, Kernel32.NULL, this.overlapped.address()));
		}
		finally {
			this.lock.unlock();
		}
		return (completion == Completion.PENDING) ? await(Kernel32.INFINITE) : completion;
	}

	private Completion begun(boolean succeeded) throws TransportException {
		Completion completion = Win32Error.completion(succeeded, this.doing);
		this.pending = (completion == Completion.PENDING);
		return switch (completion) {
			// only now is the number of bytes known
			case DONE, MORE_DATA -> this.overlapped.result(this.pipe, 0, this.doing);
			default -> completion;
		};
	}

	/**
	 * Waits for the operation under way.
	 * @param milliseconds the longest time to wait
	 * @return how it went on, {@link Completion#PENDING} if the time was up
	 * @throws TransportException if the platform fails, or the thread is interrupted
	 */
	Completion await(int milliseconds) throws TransportException {
		try {
			Completion completion = new InterruptibleCall(this::requestCancel)
				.make(() -> this.overlapped.result(this.pipe, milliseconds, this.doing), this.doing);
			if (completion != Completion.PENDING) {
				done();
			}
			return completion;
		}
		catch (TransportException ex) {
			// the kernel has to be done with the buffer
			awaitCancelled();
			done();
			throw ex;
		}
	}

	private void requestCancel() {
		Kernel32.CancelIoEx(this.pipe, this.overlapped.address());
	}

	private void awaitCancelled() {
		requestCancel();
		try {
			this.overlapped.result(this.pipe, Kernel32.INFINITE, this.doing);
		}
		catch (TransportException ex) {
			// what matters is that it has ended
		}
	}

	private void done() {
		this.lock.lock();
		this.pending = false;
		this.lock.unlock();
	}

	/**
	 * Cancels the operation under way, which may be done all the same.
	 * @return how it went
	 * @throws TransportException if the platform fails
	 */
	Completion cancel() throws TransportException {
		requestCancel();
		try {
			return this.overlapped.result(this.pipe, Kernel32.INFINITE, this.doing);
		}
		finally {
			done();
		}
	}

	/**
	 * The number of bytes that the last operation has moved.
	 * @return the number
	 */
	int count() {
		return this.overlapped.count();
	}

	boolean isEnded() {
		return this.ended;
	}

	/**
	 * Cancels the operation under way and refuses all later ones.
	 */
	void end() {
		this.lock.lock();
		try {
			this.ended = true;
			if (this.pending) {
				requestCancel();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

}
