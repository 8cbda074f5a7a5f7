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

package io.namedpipe.actuate;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

import io.namedpipe.integration.NamedPipeOperations;

/**
 * Health of one pipe, by what it knows of itself: nothing is connected to or written. A
 * server without clients is up; what stopped by itself is down.
 */
public final class NamedPipeHealthIndicator extends AbstractHealthIndicator {

	private final NamedPipeOperations pipe;

	/**
	 * Creates the indicator.
	 * @param pipe the pipe
	 */
	public NamedPipeHealthIndicator(NamedPipeOperations pipe) {
		super("The health of pipe '" + pipe.getName() + "' cannot be determined");
		this.pipe = pipe;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		builder.withDetail("role", this.pipe.role().tag())
			.withDetail("address", this.pipe.address())
			.withDetail("connections", this.pipe.statistics().current());
		this.pipe.details().forEach(builder::withDetail);
		if (this.pipe.isPaused()) {
			builder.withDetail("reading", "paused");
		}
		switch (this.pipe.status()) {
			case NEW -> builder.unknown().withDetail("reason", "never started");
			case STOPPED -> this.pipe.fault()
				.ifPresentOrElse((fault) -> down(builder, fault),
						() -> builder.outOfService().withDetail("reason", "stopped"));
			case RUNNING -> this.pipe.fault().ifPresentOrElse((fault) -> down(builder, fault), builder::up);
		}
	}

	// a detail only: an exception would be logged with its stack trace at every look,
	// and the fault was logged when it came
	private static void down(Health.Builder builder, Throwable fault) {
		builder.down().withDetail("error", fault.getClass().getName() + ": " + fault.getMessage());
	}

}
