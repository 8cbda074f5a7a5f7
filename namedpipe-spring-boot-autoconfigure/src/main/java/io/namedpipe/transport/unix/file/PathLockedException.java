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

package io.namedpipe.transport.unix.file;

import java.nio.file.Path;

import io.namedpipe.transport.TransportException;

/**
 * A {@link PathLock} is held by somebody else, or by another thread, pipe or class loader
 * of this process.
 */
public final class PathLockedException extends TransportException {

	private final boolean byThisProcess;

	PathLockedException(String message, boolean byThisProcess) {
		super(Reason.NAME_IN_USE, message);
		this.byThisProcess = byThisProcess;
	}

	/**
	 * The failure where the lock is held as long as the name is served.
	 * @param path the path that is served
	 */
	public TransportException served(Path path) {
		return new TransportException(Reason.NAME_IN_USE,
				path + " is being served by "
						+ ((this.byThisProcess)
								? "this very process, for another entry or application context: "
										+ "give one of them another name"
								: "another process: stop that one, or choose another name"),
				this);
	}

	boolean isByThisProcess() {
		return this.byThisProcess;
	}

}
