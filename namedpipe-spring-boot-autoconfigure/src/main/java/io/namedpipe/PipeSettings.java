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

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.OptionalInt;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.Capability;

/**
 * The settings that servers and clients have in common.
 */
record PipeSettings(String pipeName, @Nullable Path directory, PipeType type, PipeDirection direction,
		TransmissionMode transmissionMode, OptionalInt inBufferSize, OptionalInt outBufferSize, int maxMessageSize,
		@Nullable Integer maxConnectionsPerUser, @Nullable Duration handshakeTimeout, @Nullable Duration idleTimeout,
		@Nullable Duration writeTimeout, Duration drainTimeout, PipeListener listener,
		ConnectionInitializer initializer) {

	static final Duration LONGEST_PERIOD = Duration.ofMillis(500);

	private static final Duration SHORTEST_PERIOD = Duration.ofMillis(5);

	private static final int ROUNDS_PER_TIMEOUT = 10;

	private static final Duration STUCK_AFTER = Duration.ofSeconds(5);

	private static final int PARTS_BEFORE_STUCK = 3;

	Set<Capability> requiredCapabilities() {
		Set<Capability> required = EnumSet.noneOf(Capability.class);
		if (this.type == PipeType.FIFO) {
			required.add(Capability.FIFO);
			return required;
		}
		if (this.type == PipeType.MEMORY) {
			required.add(Capability.MEMORY);
			return required;
		}
		required
			.add((this.transmissionMode == TransmissionMode.MESSAGE) ? Capability.MESSAGE_MODE : Capability.BYTE_MODE);
		if (this.direction == PipeDirection.DUPLEX) {
			required.add(Capability.DUPLEX);
		}
		return required;
	}

	/**
	 * How often deadlines are checked.
	 * @return a tenth of the shortest timeout within bounds
	 */
	Duration supervisionPeriod() {
		Duration shortest = stuckAfter();
		for (Duration timeout : new @Nullable Duration[] { this.handshakeTimeout, this.idleTimeout,
				this.writeTimeout }) {
			if (timeout != null && timeout.compareTo(shortest) < 0) {
				shortest = timeout;
			}
		}
		return supervisionPeriod(shortest);
	}

	/**
	 * How long a write makes no progress before that is logged.
	 * @return 5 seconds, or a third of the write timeout where that is less
	 */
	Duration stuckAfter() {
		Duration timeout = this.writeTimeout;
		if (timeout == null) {
			return STUCK_AFTER;
		}
		Duration part = timeout.dividedBy(PARTS_BEFORE_STUCK);
		return (part.compareTo(STUCK_AFTER) < 0) ? part : STUCK_AFTER;
	}

	static Duration supervisionPeriod(Duration timeout) {
		Duration period = timeout.dividedBy(ROUNDS_PER_TIMEOUT);
		if (period.compareTo(LONGEST_PERIOD) > 0) {
			return LONGEST_PERIOD;
		}
		return (period.compareTo(SHORTEST_PERIOD) < 0) ? SHORTEST_PERIOD : period;
	}

}
