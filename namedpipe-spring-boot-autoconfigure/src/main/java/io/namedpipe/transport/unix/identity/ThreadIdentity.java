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

package io.namedpipe.transport.unix.identity;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.unix.account.ProcStatus;

/**
 * The effective user, group and supplementary groups of a thread on Linux. The functions
 * of the C library change those of the whole process (nptl(7)), so these are the system
 * calls themselves, through syscall(2).
 * <p>
 * Only effective ids are changed. Were the real uid that of another user too, that user
 * could send signals to the thread, SIGKILL among them, which ends the process (kill(2)).
 * The saved ones are those of root and the way back.
 */
final class ThreadIdentity {

	private static final long UNCHANGED = -1;

	private static final int PR_GET_SECUREBITS = 27;

	private static final int SECBIT_NO_SETUID_FIXUP = 4;

	private static final int CAP_SETGID = 6;

	private static final int CAP_SETUID = 7;

	private static final int MOST_GROUPS = 65536;

	private static final @Nullable Numbers numbers = Numbers.ofThisMachine();

	static {
		Native.register(ThreadIdentity.class, Platform.C_LIBRARY_NAME);
	}

	private final int userId;

	private final int groupId;

	private final int[] groupIds;

	private ThreadIdentity(int userId, int groupId, int[] groupIds) {
		this.userId = userId;
		this.groupId = groupId;
		this.groupIds = groupIds;
	}

	/**
	 * Why the identity of a thread cannot be changed here.
	 * @return the reason, or {@code null} if it can
	 */
	static @Nullable String obstacle() throws IOException {
		if (numbers == null) {
			return "the numbers of the system calls are known for x86-64 and aarch64 only, this is "
					+ System.getProperty("os.arch");
		}
		if (!current().isRoot()) {
			return "the server has to run as root";
		}
		long capabilities = ProcStatus.of(Path.of("/proc/thread-self")).effectiveCapabilities();
		if ((capabilities & (1L << CAP_SETUID)) == 0 || (capabilities & (1L << CAP_SETGID)) == 0) {
			return "the server lacks the capabilities CAP_SETUID and CAP_SETGID";
		}
		if ((call(numbers.prctl, PR_GET_SECUREBITS, 0, 0) & SECBIT_NO_SETUID_FIXUP) != 0) {
			return "a thread of this process would keep root's capabilities (SECBIT_NO_SETUID_FIXUP)";
		}
		return null;
	}

	/**
	 * The number that the kernel has for the calling thread.
	 * @return the number
	 */
	static long threadId() throws IOException {
		return call(numbers().gettid, 0, 0, 0);
	}

	/**
	 * The identity that the calling thread has now.
	 * @return the identity
	 */
	static ThreadIdentity current() throws IOException {
		try (Scratch scratch = new Scratch((int) call(numbers().getgroups, 0, 0, 0))) {
			return current(scratch);
		}
	}

	private static ThreadIdentity current(Scratch scratch) throws IOException {
		Numbers calls = numbers();
		call(calls.getresuid, scratch.address(0), scratch.address(1), scratch.address(2));
		int userId = scratch.ints(1, 1)[0];
		call(calls.getresgid, scratch.address(0), scratch.address(1), scratch.address(2));
		int groupId = scratch.ints(1, 1)[0];
		int count = (int) call(calls.getgroups, scratch.groups(), scratch.address(0), 0);
		int[] groupIds = scratch.ints(0, count);
		Arrays.sort(groupIds);
		return new ThreadIdentity(userId, groupId, groupIds);
	}

	/**
	 * The identity of another user.
	 * @param userId the uid in decimal digits
	 * @param groupId the gid in decimal digits
	 * @param groupIds the supplementary groups in decimal digits
	 * @return the identity
	 * @throws IllegalArgumentException if one of them is not an id
	 */
	ThreadIdentity asPeer(String userId, String groupId, Set<String> groupIds) {
		if (groupIds.size() > MOST_GROUPS) {
			throw new IllegalArgumentException("it is in more than " + MOST_GROUPS + " groups");
		}
		int[] groups = groupIds.stream().mapToInt(ThreadIdentity::id).toArray();
		Arrays.sort(groups);
		return new ThreadIdentity(id(userId), id(groupId), groups);
	}

	private static int id(String digits) {
		int id = Integer.parseUnsignedInt(digits);
		if (id == UNCHANGED) {
			throw new IllegalArgumentException(digits + " is not an id");
		}
		return id;
	}

	boolean isRoot() {
		return this.userId == 0;
	}

	/**
	 * Memory for {@link #assume(Scratch)}, enough for this identity and another one.
	 * @param other the other one
	 * @return the memory, to be closed
	 */
	Scratch scratch(ThreadIdentity other) {
		return new Scratch(Math.max(this.groupIds.length, other.groupIds.length));
	}

	/**
	 * Makes this the identity of the calling thread, and verifies that it is. The user is
	 * the last to go, as only root may change the groups, and the first to come back.
	 * @param scratch memory to do so
	 * @throws IOException if the thread has some other identity, or a part of each
	 */
	void assume(Scratch scratch) throws IOException {
		Numbers calls = numbers();
		if (isRoot()) {
			call(calls.setresuid, UNCHANGED, 0, UNCHANGED);
		}
		call(calls.setgroups, this.groupIds.length, scratch.put(this.groupIds), 0);
		call(calls.setresgid, UNCHANGED, Integer.toUnsignedLong(this.groupId), UNCHANGED);
		call(calls.setresuid, UNCHANGED, Integer.toUnsignedLong(this.userId), UNCHANGED);
		ThreadIdentity now = current(scratch);
		if (now.userId != this.userId || now.groupId != this.groupId || !Arrays.equals(now.groupIds, this.groupIds)) {
			throw new IOException("the thread runs as " + now + " rather than " + this);
		}
	}

	private static Numbers numbers() throws IOException {
		if (numbers == null) {
			throw new IOException("unknown architecture");
		}
		return numbers;
	}

	private static long call(int number, long first, long second, long third) throws IOException {
		try {
			return syscall(number, first, second, third);
		}
		catch (LastErrorException ex) {
			throw new IOException("system call " + number + " failed with error " + ex.getErrorCode(), ex);
		}
	}

	@Override
	public String toString() {
		return "user " + Integer.toUnsignedString(this.userId) + ", group " + Integer.toUnsignedString(this.groupId)
				+ ", groups " + Arrays.toString(this.groupIds);
	}

	// syscall(2)
	private static native long syscall(long number, long first, long second, long third) throws LastErrorException;

	/**
	 * A few bytes beyond the heap. A {@link com.sun.jna.Memory} will not do: registering
	 * it may start a thread of JNA, with the identity that the calling one has just then.
	 */
	static final class Scratch implements AutoCloseable {

		private static final int IDS = 3;

		private final int groups;

		private final Pointer memory;

		private Scratch(int groups) {
			this.groups = groups;
			this.memory = new Pointer(Native.malloc(Integer.BYTES * (long) Math.max(IDS, groups)));
		}

		int groups() {
			return this.groups;
		}

		long address(int index) {
			return Pointer.nativeValue(this.memory) + (long) Integer.BYTES * index;
		}

		long put(int[] values) {
			this.memory.write(0, values, 0, values.length);
			return address(0);
		}

		int[] ints(int index, int count) {
			return this.memory.getIntArray((long) Integer.BYTES * index, count);
		}

		@Override
		public void close() {
			Native.free(Pointer.nativeValue(this.memory));
		}

	}

	/**
	 * The numbers of the system calls, which differ by architecture: syscall_64.tbl for
	 * x86-64, and asm-generic/unistd.h, which aarch64 has. The latter were not run.
	 */
	private record Numbers(int setgroups, int getgroups, int setresuid, int getresuid, int setresgid, int getresgid,
			int prctl, int gettid) {

		static @Nullable Numbers ofThisMachine() {
			return switch (System.getProperty("os.arch")) {
				case "amd64", "x86_64" -> new Numbers(116, 115, 117, 118, 119, 120, 157, 186);
				case "aarch64" -> new Numbers(159, 158, 147, 148, 149, 150, 167, 178);
				default -> null;
			};
		}

	}

}
