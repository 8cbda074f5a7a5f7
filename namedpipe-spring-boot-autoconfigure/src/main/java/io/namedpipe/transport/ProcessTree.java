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

package io.namedpipe.transport;

import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * A child process and what it has started in turn. The program is often behind a shell or
 * a launcher, which passes no signal on.
 */
public final class ProcessTree {

	private static final Log logger = LogFactory.getLog(ProcessTree.class);

	private ProcessTree() {
	}

	/**
	 * Kills a child and all its descendants. Of a child that has ended these are not
	 * known any more; nothing happens then. Where the system does not say which they are
	 * (Linux needs a descriptor and {@code /proc} for that) the child alone is killed.
	 * @param child the child
	 */
	public static void kill(Process child) {
		if (child.isAlive()) {
			List<ProcessHandle> descendants = descendants(child);
			child.destroyForcibly();
			descendants.forEach(ProcessHandle::destroyForcibly);
		}
	}

	private static List<ProcessHandle> descendants(Process child) {
		try {
			return child.descendants().toList();
		}
		catch (RuntimeException ex) {
			logger.warn("What the child process " + child.pid() + " has started is not known and not killed: " + ex);
			return List.of();
		}
	}

}
