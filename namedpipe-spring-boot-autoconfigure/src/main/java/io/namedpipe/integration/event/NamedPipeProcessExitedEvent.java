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

package io.namedpipe.integration.event;

/**
 * A child process has ended. Published once for each start, after what it had written was
 * received.
 */
public class NamedPipeProcessExitedEvent extends NamedPipeEvent {

	private final long processId;

	private final int exitCode;

	private final boolean expected;

	/**
	 * Creates an event.
	 * @param source the process bean
	 * @param pipe its logical name
	 * @param processId the process id that the child had
	 * @param exitCode its exit code
	 * @param expected whether it had been stopped
	 */
	public NamedPipeProcessExitedEvent(Object source, String pipe, long processId, int exitCode, boolean expected) {
		super(source, pipe, null);
		this.processId = processId;
		this.exitCode = exitCode;
		this.expected = expected;
	}

	/**
	 * The process id that the child had.
	 * @return the process id
	 */
	public long getProcessId() {
		return this.processId;
	}

	/**
	 * The exit code of the child.
	 * @return the code; 128 and the number of a signal that ended it, on POSIX systems
	 */
	public int getExitCode() {
		return this.exitCode;
	}

	/**
	 * Whether the child ended because its bean was stopped.
	 * @return {@code false} if it ended by itself
	 */
	public boolean isExpected() {
		return this.expected;
	}

	@Override
	public String toString() {
		return "Process " + this.processId + " of '" + getPipe() + "' has ended with exit code " + this.exitCode;
	}

}
