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

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

/**
 * A log for incidents of one kind that may be frequent. The first incident is logged,
 * those of the next ten seconds are counted, and their number is logged with the last of
 * them when that time has passed or {@link #flush()} is called. This repeats until there
 * is no incident for ten seconds. All methods may be called by any thread.
 */
public final class RateLimitedLog {

	private static final Duration INTERVAL = Duration.ofSeconds(10);

	private final Log logger;

	private final BiConsumer<String, @Nullable Throwable> level;

	private final Duration interval;

	private @Nullable Future<?> rounds;

	private long counted;

	private @Nullable String last;

	private RateLimitedLog(Log logger, BiConsumer<String, @Nullable Throwable> level, Duration interval) {
		this.logger = logger;
		this.level = level;
		this.interval = interval;
	}

	/**
	 * Creates a log at level WARN.
	 * @param logger where to
	 * @return the log
	 */
	public static RateLimitedLog warn(Log logger) {
		return new RateLimitedLog(logger, logger::warn, INTERVAL);
	}

	/**
	 * Creates a log at level ERROR.
	 * @param logger where to
	 * @return the log
	 */
	public static RateLimitedLog error(Log logger) {
		return new RateLimitedLog(logger, logger::error, INTERVAL);
	}

	static RateLimitedLog warn(Log logger, Duration interval) {
		return new RateLimitedLog(logger, logger::warn, interval);
	}

	/**
	 * Logs an incident, or counts it and logs it at level DEBUG.
	 * @param line what to say of it
	 * @param trace the exception whose stack trace belongs to it, or {@code null}
	 */
	public void log(String line, @Nullable Throwable trace) {
		if (isDue(line)) {
			this.level.accept(line, trace);
		}
		else {
			this.logger.debug(line, trace);
		}
	}

	private synchronized boolean isDue(String line) {
		if (this.rounds != null) {
			this.counted++;
			this.last = line;
			return false;
		}
		try {
			this.rounds = Supervisor.every(this.interval, () -> Workers.run(this::endRound));
		}
		catch (RuntimeException | Error ex) {
			// without a thread nothing can be counted, so every incident is logged
			this.logger.debug("Incidents cannot be counted", ex);
		}
		return true;
	}

	private void endRound() {
		logCounted(false);
	}

	/**
	 * Logs the number of incidents that were counted only. The next incident is logged
	 * again.
	 */
	public void flush() {
		logCounted(true);
	}

	private void logCounted(boolean end) {
		long count;
		String line;
		synchronized (this) {
			count = this.counted;
			line = this.last;
			this.counted = 0;
			this.last = null;
			if ((end || count == 0) && this.rounds != null) {
				this.rounds.cancel(false);
				this.rounds = null;
			}
		}
		if (count > 0) {
			this.level.accept(count + " more like this, the last one: " + line, null);
		}
	}

}
