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

import java.util.function.IntSupplier;

import com.sun.jna.Native;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * The border at which an error number of {@link LibC} becomes a
 * {@link TransportException}.
 */
public final class Errno {

	public static final int ENOENT = 2;

	public static final int EINTR = 4;

	public static final int ENXIO = 6;

	public static final int EAGAIN = 11;

	static final int ENOMEM = 12;

	public static final int EACCES = 13;

	static final int EEXIST = 17;

	static final int ENOTDIR = 20;

	static final int EINVAL = 22;

	static final int ENFILE = 23;

	static final int EMFILE = 24;

	static final int EROFS = 30;

	public static final int EPIPE = 32;

	public static final int ERANGE = 34;

	static final int ELOOP = 40;

	public static final int ENODATA = 61;

	public static final int EMSGSIZE = 90;

	public static final int EPROTOTYPE = 91;

	static final int EADDRINUSE = 98;

	public static final int ECONNABORTED = 103;

	public static final int ECONNRESET = 104;

	static final int ENOBUFS = 105;

	static final int ENOTCONN = 107;

	public static final int ECONNREFUSED = 111;

	/**
	 * A JVM does not get more signals than this in one call; an endless loop would be
	 * worse than the error.
	 */
	private static final int MOST_INTERRUPTIONS = 1000;

	public static final String DESCRIPTORS_ADVICE = ": close what is not needed, or raise the limit (ulimit -n)";

	private Errno() {
	}

	/**
	 * The error of the last call on this thread.
	 * @return the error number
	 */
	public static int last() {
		return Native.getLastError();
	}

	/**
	 * Whether a failed call is to be made again because a signal has interrupted it.
	 * @param attempt how often the call was made again already
	 * @return {@code true} to make it again
	 */
	public static boolean isInterruption(int attempt) {
		return attempt < MOST_INTERRUPTIONS && last() == EINTR;
	}

	/**
	 * Makes a call that is expected to succeed.
	 * @param doing what the call does, for the message
	 * @param call the call
	 * @return what it returned
	 * @throws TransportException if it failed
	 */
	public static int checked(String doing, IntSupplier call) throws TransportException {
		int result = call.getAsInt();
		for (int i = 0; result < 0 && isInterruption(i); i++) {
			result = call.getAsInt();
		}
		if (result < 0) {
			throw failure(doing, last());
		}
		return result;
	}

	/**
	 * The exception for an error that has no special meaning where it occurred.
	 * @param doing what was tried, for the message
	 * @param error the error number
	 * @return the exception
	 */
	public static TransportException failure(String doing, int error) {
		String advice = (error == EMFILE || error == ENFILE) ? DESCRIPTORS_ADVICE : "";
		return new TransportException(reason(error), "Cannot " + doing + ": " + LibC.strerror(error) + advice);
	}

	private static Reason reason(int error) {
		return switch (error) {
			case ENOENT, ECONNREFUSED -> Reason.NO_SERVER;
			case EAGAIN -> Reason.BUSY;
			case EACCES -> Reason.ACCESS_DENIED;
			case EADDRINUSE, EEXIST -> Reason.NAME_IN_USE;
			case ENOTDIR, EROFS, ELOOP -> Reason.UNUSABLE_FOLDER;
			case ENOMEM, ENFILE, EMFILE, ENOBUFS -> Reason.RESOURCE_LIMIT;
			case EMSGSIZE -> Reason.MESSAGE_TOO_LARGE;
			case EPROTOTYPE -> Reason.MODE_MISMATCH;
			case EPIPE, ECONNRESET -> Reason.PEER_GONE;
			default -> Reason.IO;
		};
	}

}
