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

package io.namedpipe.transport.unix.seqpacket;

import java.nio.ByteBuffer;

import com.sun.jna.Native;
import com.sun.jna.Pointer;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.unix.libc.Errno;
import io.namedpipe.transport.unix.libc.LibC;

/**
 * The memory that one message-mode channel hands to the kernel: a {@code msghdr} for
 * receiving, room for the largest message, and room for what is sent. One thread receives
 * and one sends at the same time.
 * <p>
 * It is mapped rather than allocated, so that pages cost memory only once they are
 * touched: an idle connection holds address space, not the size of its largest message.
 */
final class MessageMemory {

	static final int SEND_CAPACITY = 64 * 1024;

	private static final int PAGE = 4096;

	private static final int VECTOR = 64;

	private static final int CONTROL = 128;

	/**
	 * Room for the credentials and for nothing else: file descriptors that a peer may
	 * send along find none, and the kernel drops them.
	 */
	private static final int CONTROL_SIZE = 32;

	/**
	 * What stays resident of the room for the largest message while waiting for the next.
	 */
	private static final int KEPT_RESIDENT = 64 * 1024;

	private final long address;

	private final long size;

	private final int receiveCapacity;

	private final ByteBuffer header;

	private final ByteBuffer received;

	private final ByteBuffer toSend;

	private int touched;

	MessageMemory(int receiveCapacity) throws TransportException {
		this.receiveCapacity = receiveCapacity;
		this.size = PAGE + SEND_CAPACITY + (((long) receiveCapacity + PAGE - 1) & -PAGE);
		this.address = LibC.mmap(0, this.size, LibC.PROT_READ_WRITE, LibC.MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0);
		if (this.address == -1) {
			throw Errno.failure("map " + this.size + " bytes of memory", Errno.last());
		}
		Pointer pointer = new Pointer(this.address);
		this.header = pointer.getByteBuffer(0, PAGE);
		this.toSend = pointer.getByteBuffer(PAGE, SEND_CAPACITY);
		this.received = pointer.getByteBuffer(PAGE + SEND_CAPACITY, receiveCapacity);
		this.header.putLong(16, this.address + VECTOR);
		this.header.putLong(24, 1);
		this.header.putLong(VECTOR, this.address + PAGE + SEND_CAPACITY);
		this.header.putLong(VECTOR + 8, receiveCapacity);
	}

	/**
	 * Receives a message, waiting for it.
	 * @param descriptor the socket, with {@code SO_PASSCRED} set
	 * @return the true length of the message, which may be larger than what there is room
	 * for, or -1 with the error set
	 */
	long receive(int descriptor) {
		if (this.touched > KEPT_RESIDENT) {
			long length = receive(descriptor, LibC.MSG_DONTWAIT);
			if (length >= 0 || Errno.last() != Errno.EAGAIN) {
				return length;
			}
			LibC.madvise(this.address + PAGE + SEND_CAPACITY, this.receiveCapacity, LibC.MADV_DONTNEED);
			this.touched = 0;
		}
		return receive(descriptor, 0);
	}

	private long receive(int descriptor, int flags) {
		this.header.putLong(32, this.address + CONTROL);
		this.header.putLong(40, CONTROL_SIZE);
		long length;
		int attempt = 0;
		do {
			length = LibC.recvmsg(descriptor, this.address, flags | LibC.MSG_TRUNC | LibC.MSG_CMSG_CLOEXEC);
		}
		while (length < 0 && Errno.isInterruption(attempt++));
		if (length > this.touched) {
			this.touched = (int) Math.min(length, this.receiveCapacity);
		}
		return length;
	}

	/**
	 * Whether a message waits to be received, without receiving it.
	 * @param descriptor the socket, with {@code SO_PASSCRED} set
	 * @return {@code true} if there is one, {@code false} if there is none or the stream
	 * has ended
	 */
	boolean isMessageWaiting(int descriptor) {
		int flags = LibC.MSG_DONTWAIT | LibC.MSG_PEEK;
		long length = receive(descriptor, flags);
		if (length < 0 && Errno.last() == Errno.ECONNRESET) {
			// reported once, ahead of what the peer has sent
			length = receive(descriptor, flags);
		}
		return length > 0 || (length == 0 && isMessage());
	}

	/**
	 * Whether the last call received a message rather than the end of the stream: only a
	 * message comes with the credentials of its sender.
	 * @return {@code true} for a message, be it an empty one
	 */
	boolean isMessage() {
		return this.header.getLong(40) != 0;
	}

	/**
	 * A copy of the message received last.
	 * @param length its length
	 * @return the message
	 */
	byte[] message(int length) {
		byte[] message = new byte[length];
		this.received.get(0, message);
		return message;
	}

	int receiveCapacity() {
		return this.receiveCapacity;
	}

	/**
	 * Copies a message of at most {@link #SEND_CAPACITY} bytes to where it can be sent
	 * from.
	 * @param message the message; its position does not change
	 * @return the address of the copy
	 */
	long copy(ByteBuffer message) {
		this.toSend.put(0, message, message.position(), message.remaining());
		return this.address + PAGE;
	}

	/**
	 * Where a direct buffer's next byte is.
	 * @param message a direct buffer
	 * @return the address
	 */
	static long addressOf(ByteBuffer message) {
		return Pointer.nativeValue(Native.getDirectBufferPointer(message)) + message.position();
	}

	void free() {
		LibC.munmap(this.address, this.size);
	}

}
