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

package io.namedpipe.metrics;

import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;
import org.springframework.integration.MessageTimeoutException;

import io.namedpipe.PipeTimeoutException;
import io.namedpipe.integration.NamedPipeOperations.Role;
import io.namedpipe.integration.NamedPipeTimings.Outcome;

/**
 * The context that all observations of pipes have in common.
 */
public interface NamedPipeObservationContext extends Observation.ContextView {

	/**
	 * The logical name of the pipe.
	 * @return the name
	 */
	String getPipeName();

	/**
	 * Which end of the pipe this is.
	 * @return the role
	 */
	Role getRole();

	/**
	 * The connection that the message came from or goes to.
	 * @return its id, or {@code null} if there is not one alone
	 */
	@Nullable String getConnectionId();

	/**
	 * How it ended, as far as is known.
	 * @return the outcome, {@link Outcome#SUCCESS} unless there is an error
	 */
	default Outcome getOutcome() {
		Throwable error = getError();
		if (error == null) {
			return Outcome.SUCCESS;
		}
		boolean timeout = error instanceof MessageTimeoutException || error.getCause() instanceof PipeTimeoutException;
		return timeout ? Outcome.TIMEOUT : Outcome.ERROR;
	}

}
