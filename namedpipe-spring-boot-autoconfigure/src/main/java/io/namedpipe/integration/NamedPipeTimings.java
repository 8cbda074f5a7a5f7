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

package io.namedpipe.integration;

/**
 * Receives the durations of the work of a server or client, for meters. Called for each
 * message by the thread that did the work: an implementation must not allocate or look up
 * anything. Counters are in {@link io.namedpipe.PipeStatistics}.
 */
public interface NamedPipeTimings {

	/** Timings that are discarded. */
	NamedPipeTimings NONE = new NamedPipeTimings() {
	};

	/**
	 * A received message went through its flow, be it that the flow threw.
	 * @param nanos the time from the frame being read to the flow having returned, and
	 * for a gateway the reply having been written
	 */
	default void dispatched(long nanos) {
	}

	/**
	 * An exchange of an outbound gateway ended.
	 * @param outcome how
	 * @param nanos the time from the request being taken to the reply being there
	 */
	default void exchanged(Outcome outcome, long nanos) {
	}

	/**
	 * An attempt of a client to connect ended.
	 * @param outcome how
	 * @param nanos the time that it took
	 */
	default void connected(Outcome outcome, long nanos) {
	}

	/**
	 * How something timed ended.
	 */
	enum Outcome {

		/** It succeeded. */
		SUCCESS("success"),

		/** Its time was up. */
		TIMEOUT("timeout"),

		/** It failed otherwise. */
		ERROR("error");

		private final String tag;

		Outcome(String tag) {
			this.tag = tag;
		}

		/**
		 * The value as it is written in meters.
		 * @return lower case
		 */
		public String tag() {
			return this.tag;
		}

	}

}
