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

import java.util.Collection;
import java.util.Map;
import java.util.Optional;

import org.springframework.context.Lifecycle;

import io.namedpipe.PipeConnection;
import io.namedpipe.PipeStatistics;

/**
 * What meters, health and the actuator endpoint see of a server, client or child process.
 * All methods may be called by any thread at any time, and none but {@link #start()} and
 * {@link #stop()} waits for anything.
 */
public interface NamedPipeOperations extends Lifecycle {

	/**
	 * The logical name, unique over servers, clients and processes.
	 * @return the name
	 */
	String getName();

	/**
	 * Which end of the pipe this is.
	 * @return the role
	 */
	Role role();

	/**
	 * Where in its life it is.
	 * @return the status
	 */
	Status status();

	/**
	 * Whether reading is paused.
	 * @return {@code true} between {@link NamedPipe#pause()} and
	 * {@link NamedPipe#resume()}
	 */
	default boolean isPaused() {
		return false;
	}

	/**
	 * Why a running pipe does not work: accepting fails, the name is lost, the server is
	 * missing. Or why it stopped by itself: the process has ended. The fault ends with
	 * its cause.
	 * @return the reason, or empty if there is none
	 */
	Optional<? extends Throwable> fault();

	/**
	 * The path, the full pipe name or the program.
	 * @return the address
	 */
	String address();

	/**
	 * Settings that an operator may want to know, by the name of their property.
	 * @return for example {@code type}, {@code direction}, {@code max-instances}
	 */
	Map<String, Object> settings();

	/**
	 * Settings that may have secrets in them, by the name of their property.
	 * @return for a process {@code command}
	 */
	default Map<String, Object> sensitiveSettings() {
		return Map.of();
	}

	/**
	 * Further details of the state.
	 * @return for a process {@code processId} or {@code exitCode}
	 */
	default Map<String, Object> details() {
		return Map.of();
	}

	/**
	 * How often what has ended by itself was started again.
	 * @return for a process the number of restarts, else 0
	 */
	default long restarts() {
		return 0;
	}

	/**
	 * Totals over all connections.
	 * @return the live counters
	 */
	PipeStatistics statistics();

	/**
	 * The connections that are open.
	 * @return a snapshot
	 */
	Collection<PipeConnection> connections();

	/**
	 * Messages that wait to be written, over all connections.
	 * @return the number of messages
	 */
	int queueSize();

	/**
	 * Messages that wait to be written to one connection.
	 * @param connection the connection
	 * @return the number of messages
	 */
	int queueSize(PipeConnection connection);

	/**
	 * Sets the timings that durations are reported to. Default:
	 * {@link NamedPipeTimings#NONE}.
	 * @param timings who takes them
	 */
	void setTimings(NamedPipeTimings timings);

	/**
	 * The ends of a pipe.
	 */
	enum Role {

		/** Serves the pipe. */
		SERVER("server"),

		/** Connects to a pipe that somebody else serves. */
		CLIENT("client"),

		/** Has a child process at the other end of anonymous pipes. */
		PROCESS("process");

		private final String tag;

		Role(String tag) {
			this.tag = tag;
		}

		/**
		 * The value as it is written in meters and health.
		 * @return lower case
		 */
		public String tag() {
			return this.tag;
		}

	}

	/**
	 * Where in its life a pipe is.
	 */
	enum Status {

		/** Was never started. */
		NEW("new"),

		/** Was started, whether or not it does its work. */
		RUNNING("running"),

		/** Was stopped; it can be started again. */
		STOPPED("stopped");

		private final String tag;

		Status(String tag) {
			this.tag = tag;
		}

		/**
		 * The value as it is written in health.
		 * @return lower case
		 */
		public String tag() {
			return this.tag;
		}

	}

}
