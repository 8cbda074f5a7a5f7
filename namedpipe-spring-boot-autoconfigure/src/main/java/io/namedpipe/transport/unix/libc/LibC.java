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

package io.namedpipe.transport.unix.libc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;

import com.sun.jna.Native;
import com.sun.jna.Platform;

/**
 * The calls of the C library that Java does not have, mapped directly, with the constants
 * of 64-bit Linux on x86 and ARM. An address is a plain {@code long}, which costs no
 * object per call. A blocking call occupies the platform thread that makes it.
 * <p>
 * What a call returns is a number; {@link Errno} turns a failure into an exception.
 */
public final class LibC {

	public static final int AF_UNIX = 1;

	public static final int SOCK_DGRAM = 2;

	public static final int SOCK_SEQPACKET = 5;

	public static final int SOCK_NONBLOCK = 0x800;

	public static final int SOCK_CLOEXEC = 0x80000;

	public static final int SOL_SOCKET = 1;

	public static final int SO_SNDBUF = 7;

	public static final int SO_PASSCRED = 16;

	public static final int SO_PEERCRED = 17;

	public static final int SO_PEERGROUPS = 59;

	public static final int MSG_PEEK = 0x2;

	public static final int MSG_DONTWAIT = 0x40;

	public static final int MSG_TRUNC = 0x20;

	public static final int MSG_NOSIGNAL = 0x4000;

	public static final int MSG_CMSG_CLOEXEC = 0x40000000;

	public static final int SHUT_RD = 0;

	public static final int SHUT_WR = 1;

	static final int SHUT_RDWR = 2;

	public static final int F_GETFL = 3;

	public static final int F_SETFL = 4;

	public static final int F_DUPFD_CLOEXEC = 1030;

	public static final int F_SETPIPE_SZ = 1031;

	public static final int FIONREAD = 0x541B;

	public static final int O_RDONLY = 0;

	public static final int O_WRONLY = 1;

	public static final int O_RDWR = 2;

	public static final int O_ACCMODE = 3;

	public static final int O_NONBLOCK = 0x800;

	public static final int O_CLOEXEC = 0x80000;

	public static final int O_PATH = 0x200000;

	static final int EFD_NONBLOCK_CLOEXEC = 0x80800;

	public static final int POLLIN = 1;

	public static final int POLLOUT = 4;

	public static final int POLLHUP = 16;

	public static final int PROT_READ_WRITE = 3;

	public static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x4022;

	public static final int MADV_DONTNEED = 4;

	private static final int ADDRESS_SIZE = 110;

	static {
		Native.register(LibC.class, Platform.C_LIBRARY_NAME);
	}

	private LibC() {
	}

	/**
	 * A path as these functions take it.
	 * @param path the path
	 * @return its bytes, with the terminating zero
	 */
	public static byte[] bytes(String path) {
		return (path + "\0").getBytes(Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8")));
	}

	/**
	 * The structure {@code sockaddr_un}.
	 * @param path the path, short enough
	 * @return its bytes
	 */
	public static byte[] address(String path) {
		ByteBuffer address = ByteBuffer.allocate(ADDRESS_SIZE).order(ByteOrder.nativeOrder());
		address.putShort((short) AF_UNIX);
		address.put(bytes(path));
		return address.array();
	}

	/** See socket(2). */
	public static native int socket(int domain, int type, int protocol);

	/** See socketpair(2). */
	public static native int socketpair(int domain, int type, int protocol, int[] descriptors);

	/** See bind(2). */
	public static native int bind(int descriptor, byte[] address, int length);

	/** See listen(2). */
	public static native int listen(int descriptor, int backlog);

	/** See accept(2). */
	public static native int accept4(int descriptor, long address, long length, int flags);

	/** See connect(2). */
	public static native int connect(int descriptor, byte[] address, int length);

	/** See recv(2). */
	public static native long recvmsg(int descriptor, long header, int flags);

	/** See recv(2). */
	public static native long recv(int descriptor, long buffer, long length, int flags);

	/** See send(2). */
	public static native long send(int descriptor, long buffer, long length, int flags);

	/** See shutdown(2). */
	public static native int shutdown(int descriptor, int how);

	/** See getsockopt(2). */
	public static native int getsockopt(int descriptor, int level, int option, int[] value, int[] length);

	/** See setsockopt(2). */
	public static native int setsockopt(int descriptor, int level, int option, int[] value, int length);

	/** See close(2). */
	public static native int close(int descriptor);

	/** See fcntl(2). */
	public static native int fcntl(int descriptor, int command, int argument);

	/** See ioctl(2). */
	public static native int ioctl(int descriptor, long request, int[] value);

	/** See poll(2). */
	static native int poll(int[] descriptors, long count, int timeout);

	/** See eventfd(2). */
	static native int eventfd(int initial, int flags);

	/** See read(2). */
	public static native long read(int descriptor, long buffer, long length);

	/** See write(2). */
	public static native long write(int descriptor, long buffer, long length);

	/** See dup(2). */
	public static native int dup3(int descriptor, int replaced, int flags);

	/** See chmod(2). */
	public static native int fchmod(int descriptor, int mode);

	/** See pipe(2). */
	public static native int pipe2(int[] descriptors, int flags);

	/** See mkfifo(3). */
	public static native int mkfifo(byte[] path, int mode);

	/** See open(2). */
	public static native int open(byte[] path, int flags, int mode);

	/** See mmap(2). */
	public static native long mmap(long address, long length, int protection, int flags, int descriptor, long offset);

	/** See mmap(2). */
	public static native int munmap(long address, long length);

	/** See madvise(2). */
	public static native int madvise(long address, long length, int advice);

	/** See strerror(3). */
	public static native String strerror(int error);

}
