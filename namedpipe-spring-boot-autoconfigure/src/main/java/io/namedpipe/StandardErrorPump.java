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

package io.namedpipe;

import java.io.IOException;
import java.io.Reader;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Reads the standard error of a child process line by line, until every process that
 * holds it has closed it. A line without end is split, so that it takes no more memory
 * than another.
 */
final class StandardErrorPump implements Runnable {

	private static final Log logger = LogFactory.getLog(StandardErrorPump.class);

	private static final int LONGEST_LINE = 8192;

	private final Process process;

	private final Consumer<String> target;

	private final StringBuilder line = new StringBuilder();

	StandardErrorPump(Process process, Consumer<String> target) {
		this.process = process;
		this.target = target;
	}

	@Override
	public void run() {
		char[] buffer = new char[LONGEST_LINE];
		try (Reader reader = this.process.errorReader()) {
			int count = reader.read(buffer);
			while (count >= 0) {
				for (int i = 0; i < count; i++) {
					append(buffer[i]);
				}
				count = reader.read(buffer);
			}
		}
		catch (IOException ex) {
			logger.debug("Reading what process " + this.process.pid() + " prints ended: " + ex.getMessage());
		}
		if (!this.line.isEmpty()) {
			emit();
		}
	}

	private void append(char character) {
		if (character == '\n') {
			emit();
			return;
		}
		this.line.append(character);
		if (this.line.length() == LONGEST_LINE) {
			emit();
		}
	}

	private void emit() {
		int end = this.line.length();
		if (end > 0 && this.line.charAt(end - 1) == '\r') {
			end--;
		}
		try {
			this.target.accept(this.line.substring(0, end));
		}
		catch (RuntimeException | Error ex) {
			// who stopped reading would have the child end by a signal
			logger.warn("A line of process " + this.process.pid() + " could not be handed over", ex);
		}
		this.line.setLength(0);
	}

}
