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

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * The observations of the endpoints of pipes.
 */
public enum NamedPipeObservation implements ObservationDocumentation {

	/**
	 * A message that was read goes through the flow behind an inbound channel adapter or
	 * an inbound gateway: from the frame being read to the flow having returned, and for
	 * a gateway the reply having been written. Current on the thread of the flow.
	 */
	RECEIVE("namedpipe.receive", DefaultNamedPipeReceiveObservationConvention.class),

	/**
	 * An outbound channel adapter hands a message over to the queues of its connections.
	 * It is written later, which is not observed.
	 */
	SEND("namedpipe.send", DefaultNamedPipeSendObservationConvention.class),

	/**
	 * An outbound gateway sends a request and waits for its reply, a wait for a free
	 * connection included.
	 */
	REQUEST("namedpipe.request", DefaultNamedPipeRequestObservationConvention.class);

	private final String conventionalName;

	private final Class<? extends ObservationConvention<? extends Observation.Context>> convention;

	NamedPipeObservation(String name,
			Class<? extends ObservationConvention<? extends Observation.Context>> convention) {
		this.conventionalName = name;
		this.convention = convention;
	}

	// "getName" would also apply to a convention of the user's
	String conventionalName() {
		return this.conventionalName;
	}

	@Override
	public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
		return this.convention;
	}

	@Override
	public KeyName[] getLowCardinalityKeyNames() {
		return LowCardinalityKeyNames.values();
	}

	@Override
	public KeyName[] getHighCardinalityKeyNames() {
		return HighCardinalityKeyNames.values();
	}

	/**
	 * Keys for meters and traces.
	 */
	public enum LowCardinalityKeyNames implements KeyName {

		/** The logical name of the pipe. */
		PIPE("pipe"),

		/**
		 * Which end of the pipe this is: {@code server}, {@code client} or
		 * {@code process}.
		 */
		ROLE("role"),

		/**
		 * How it ended: {@code success}, {@code timeout} or {@code error}, or
		 * {@code unknown} while it goes on.
		 */
		OUTCOME("outcome");

		private final String key;

		LowCardinalityKeyNames(String key) {
			this.key = key;
		}

		@Override
		public String asString() {
			return this.key;
		}

	}

	/**
	 * Keys for traces only.
	 */
	public enum HighCardinalityKeyNames implements KeyName {

		/**
		 * The id of the connection, or {@code none} for a message to all connections and
		 * for a request, which takes the first connection that is free.
		 */
		CONNECTION_ID("namedpipe.connection.id");

		private final String key;

		HighCardinalityKeyNames(String key) {
			this.key = key;
		}

		@Override
		public String asString() {
			return this.key;
		}

	}

}
