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

package io.namedpipe.faults;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/**
 * What is logged while this is open: all that the library says from a level on, and
 * warnings and errors of everybody else.
 */
final class LogCapture implements AutoCloseable {

	private static final String LIBRARY = "io.namedpipe";

	private final Logger logger = (Logger) LoggerFactory.getLogger(LIBRARY);

	private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

	private final Level level = this.logger.getLevel();

	private final Collector collector = new Collector();

	LogCapture(Level level) {
		this.logger.setLevel(level);
		this.collector.start();
		this.root.addAppender(this.collector);
	}

	/**
	 * Lets a process whose output is read print nothing else.
	 */
	static void silence() {
		((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).detachAndStopAllAppenders();
	}

	List<ILoggingEvent> events() {
		return List.copyOf(this.collector.events);
	}

	/**
	 * The lines that an operator sees with default settings.
	 */
	List<String> lines() {
		return linesFrom(Level.INFO);
	}

	List<String> linesFrom(Level least) {
		return this.collector.events.stream()
			.filter((event) -> event.getLevel().isGreaterOrEqual(least))
			.map(ILoggingEvent::getFormattedMessage)
			.toList();
	}

	boolean showsStackTraces() {
		return this.collector.events.stream()
			.anyMatch((event) -> event.getLevel().isGreaterOrEqual(Level.INFO) && event.getThrowableProxy() != null);
	}

	void clear() {
		this.collector.events.clear();
	}

	@Override
	public void close() {
		this.root.detachAppender(this.collector);
		this.logger.setLevel(this.level);
	}

	private static final class Collector extends AppenderBase<ILoggingEvent> {

		private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

		@Override
		protected void append(ILoggingEvent event) {
			if (event.getLoggerName().startsWith(LIBRARY) || event.getLevel().isGreaterOrEqual(Level.WARN)) {
				event.getFormattedMessage();
				this.events.add(event);
			}
		}

	}

}
