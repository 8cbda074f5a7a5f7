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

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The job that the child processes are in: they end with this process, however it ends,
 * because the last handle of the job is closed then. What they start in turn is not in
 * it.
 */
final class ChildProcessJob {

	private static final Log logger = LogFactory.getLog(ChildProcessJob.class);

	/**
	 * {@code JOBOBJECT_EXTENDED_LIMIT_INFORMATION} on 64 bit (winnt.h), which begins with
	 * a {@code JOBOBJECT_BASIC_LIMIT_INFORMATION}.
	 *
	 * <pre>
	 *   0  LARGE_INTEGER PerProcessUserTimeLimit
	 *   8  LARGE_INTEGER PerJobUserTimeLimit
	 *  16  DWORD LimitFlags
	 * </pre>
	 */
	private static final int LIMITS_SIZE = 144;

	private static final int LIMIT_FLAGS_OFFSET = 16;

	private static final int EXTENDED_LIMIT_INFORMATION = 9;

	private static final int LIMIT_SILENT_BREAKAWAY_OK = 0x1000;

	private static final int LIMIT_KILL_ON_JOB_CLOSE = 0x2000;

	/** Closed by the end of this process only. */
	private static final long job = create();

	private ChildProcessJob() {
	}

	private static long create() {
		long created = Kernel32.CreateJobObjectW(Kernel32.NULL, Kernel32.NULL);
		try (Memory limits = new Memory(LIMITS_SIZE)) {
			limits.clear();
			limits.setInt(LIMIT_FLAGS_OFFSET, LIMIT_KILL_ON_JOB_CLOSE | LIMIT_SILENT_BREAKAWAY_OK);
			if (!Kernel32.SetInformationJobObject(created, EXTENDED_LIMIT_INFORMATION, Pointer.nativeValue(limits),
					LIMITS_SIZE)) {
				logger.debug("No job for child processes: Win32 error " + Win32Error.last());
			}
		}
		return created;
	}

	/**
	 * Puts a process into the job, before it runs.
	 * @param process its handle
	 */
	static void add(long process) {
		if (!Kernel32.AssignProcessToJobObject(job, process)) {
			logger.debug("A child process may outlive this one: Win32 error " + Win32Error.last());
		}
	}

}
