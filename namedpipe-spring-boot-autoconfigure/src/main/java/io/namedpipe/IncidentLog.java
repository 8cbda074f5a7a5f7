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

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Tells an operator of peers that something was wrong with. One line per kind in ten
 * seconds, so that a peer that is broken a thousand times does not fill the disk: the
 * others are for {@code DEBUG}, as are ordinary endings and peers that the access rules
 * turn away, and their number is told later.
 */
final class IncidentLog {

	private static final Log logger = LogFactory.getLog(IncidentLog.class);

	private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

	private final PipeSettings settings;

	private final String address;

	private final Map<Enum<?>, Series> series = new ConcurrentHashMap<>();

	IncidentLog(PipeSettings settings, String address) {
		this.settings = settings;
		this.address = address;
	}

	void closed(PipeConnection connection, CloseReason reason, @Nullable Throwable cause) {
		String problem = problem(reason, cause);
		if (problem != null) {
			tell(reason, "Closed " + connection + " on " + this.address + " (" + reason.tag() + "): " + problem, cause);
		}
		else if (logger.isDebugEnabled()) {
			logger.debug("Closed " + connection + " on " + this.address + " (" + reason.tag() + ")", cause);
		}
	}

	void rejected(RejectReason reason, String message) {
		if (reason != RejectReason.ACCESS) {
			tell(reason, message, null);
		}
		else {
			logger.debug(message);
		}
	}

	private @Nullable String problem(CloseReason reason, @Nullable Throwable cause) {
		if (reason == CloseReason.WRITE_TIMEOUT) {
			return "it has not read what was written to it for " + seconds(this.settings.writeTimeout());
		}
		if (reason == CloseReason.OVERFLOW && cause == null) {
			return "it reads more slowly than messages are sent to it";
		}
		boolean wanted = reason == CloseReason.STOP || reason == CloseReason.IDLE || reason == CloseReason.OPERATOR;
		return (!wanted && cause != null) ? Objects.requireNonNullElseGet(cause.getMessage(), cause::toString) : null;
	}

	private static String seconds(@Nullable Duration duration) {
		return (duration != null)
				? BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros().toPlainString() + " s" : "too long";
	}

	private void tell(Enum<?> kind, String message, @Nullable Throwable cause) {
		long quiet = this.series.computeIfAbsent(kind, (key) -> new Series()).next(System.nanoTime());
		if (quiet == Series.NOT_DUE) {
			logger.debug(message, cause);
			return;
		}
		String line = message + ((quiet > 0) ? " (and " + quiet + " more like this since the last such line)" : "");
		if (cause instanceof RuntimeException || cause instanceof Error) {
			logger.warn(line, cause);
		}
		else {
			logger.warn(line);
		}
	}

	/**
	 * Incidents of one kind.
	 */
	private static final class Series {

		static final long NOT_DUE = -1;

		private long quietUntil;

		private long quiet = NOT_DUE;

		/**
		 * The number of incidents that were not told since the last line, or
		 * {@link #NOT_DUE} if this one is not to be told either.
		 */
		synchronized long next(long now) {
			if (this.quiet != NOT_DUE && now - this.quietUntil < 0) {
				this.quiet++;
				return NOT_DUE;
			}
			long others = Math.max(0, this.quiet);
			this.quiet = 0;
			this.quietUntil = now + QUIET_NANOS;
			return others;
		}

	}

}
