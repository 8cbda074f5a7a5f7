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

import com.sun.jna.Native;

import io.namedpipe.testsupport.Wine;

/**
 * The number of handles that this process has open.
 */
public final class NativeProcess {

	/** A Wine process gives out the lowest value that is free. */
	private static final int HIGHEST_UNDER_WINE = 8192;

	/** The JVM opens some of its own now and then. */
	private static final int OF_THE_JVM = 16;

	static {
		Native.register(NativeProcess.class, "kernel32");
	}

	private NativeProcess() {
	}

	/**
	 * Whether there are no more handles than before, but for a few of the JVM's own: what
	 * may leak has to be done more often than that.
	 * @param before how many there were
	 * @return whether that is so
	 */
	public static boolean hasNoMoreHandlesThan(long before) {
		return handleCount() <= before + OF_THE_JVM;
	}

	/**
	 * The number of handles.
	 * @return how many are open
	 */
	public static int handleCount() {
		if (Wine.isHere()) {
			return handleCountUnderWine();
		}
		int[] count = new int[1];
		if (!GetProcessHandleCount(Kernel32.CURRENT_PROCESS, count)) {
			throw new IllegalStateException("Win32 error " + Native.getLastError());
		}
		return count[0];
	}

	// where GetProcessHandleCount gives 0
	private static int handleCountUnderWine() {
		int count = 0;
		for (int handle = 4; handle <= HIGHEST_UNDER_WINE; handle += 4) {
			count += GetHandleInformation(handle, new int[1]) ? 1 : 0;
		}
		return count;
	}

	/** See GetProcessHandleCount (processthreadsapi.h). */
	private static native boolean GetProcessHandleCount(long process, int[] count);

	/** See GetHandleInformation (handleapi.h). */
	private static native boolean GetHandleInformation(long object, int[] flags);

}
