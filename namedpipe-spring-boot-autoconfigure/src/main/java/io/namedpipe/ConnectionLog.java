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

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.TimeLimit;

/**
 * Logs what went wrong with connections at {@code WARN}: one line per kind in ten
 * seconds, so that a peer that fails a thousand times does not fill the disk. Further
 * ones are logged at {@code DEBUG} and counted, and their number is logged later. Normal
 * closes, and peers that the access rules reject, are logged at {@code DEBUG}.
 */
final class ConnectionLog {

	private static final Log logger = LogFactory.getLog(ConnectionLog.class);

	private final PipeSettings settings;

	private final String address;

	private final Map<Enum<?>, RateLimitedLog> series = new ConcurrentHashMap<>();

	ConnectionLog(PipeSettings settings, String address) {
		this.settings = settings;
		this.address = address;
	}

	void closed(PipeConnection connection, CloseReason reason, @Nullable Throwable cause) {
		String problem = connection.isReported() ? null : problem(reason, cause);
		if (problem != null) {
			warn(reason, "Closed " + connection + " on " + this.address + " (" + reason.tag() + "): " + problem, cause);
		}
		else if (logger.isDebugEnabled()) {
			logger.debug("Closed " + connection + " on " + this.address + " (" + reason.tag() + ")", cause);
		}
	}

	void rejected(RejectReason reason, String message) {
		if (reason != RejectReason.ACCESS) {
			warn(reason, message, null);
		}
		else {
			logger.debug(message);
		}
	}

	void admissionFailed(PipeException failure) {
		warn(PipeErrorType.ACCEPT, "A client of " + this.address + " was not admitted: " + failure.getMessage(),
				failure);
	}

	/**
	 * Logs that a peer does not read. Called once for a connection.
	 */
	void stuck(PipeConnection connection) {
		ConnectionStatistics statistics = connection.statistics();
		Duration timeout = this.settings.writeTimeout();
		warn(Wait.STUCK, "The peer of " + connection + " on " + this.address + " does not read: "
				+ stuckWrite(connection.deadlines().bytesBeingWritten()) + " stuck for "
				+ seconds(this.settings.stuckAfter()) + ", after " + statistics.messagesOut() + " messages out and "
				+ statistics.messagesIn() + " in. Each end has to read while it sends, or they wait for each other. "
				+ ((timeout != null) ? "It will be disconnected after " + seconds(timeout) + " (write timeout)"
						: "It is waited for, as there is no write timeout"),
				null);
	}

	private static String stuckWrite(long bytes) {
		return (bytes > 0) ? "a write of " + bytes + " bytes is" : "a write is";
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
				? BigDecimal.valueOf(TimeLimit.millis(duration), 3).stripTrailingZeros().toPlainString() + " s"
				: "too long";
	}

	private void warn(Enum<?> kind, String message, @Nullable Throwable cause) {
		boolean trace = cause instanceof RuntimeException || cause instanceof Error;
		this.series.computeIfAbsent(kind, (key) -> RateLimitedLog.warn(logger)).log(message, trace ? cause : null);
	}

	/**
	 * Logs the number of incidents that were counted only. Called when the pipe is
	 * stopped.
	 */
	void flush() {
		this.series.values().forEach(RateLimitedLog::flush);
	}

	/**
	 * Incidents that do not end a connection.
	 */
	private enum Wait {

		STUCK

	}

}
