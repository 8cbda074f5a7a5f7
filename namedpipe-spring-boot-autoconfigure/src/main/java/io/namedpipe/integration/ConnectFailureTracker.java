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

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.namedpipe.PipeException;

/**
 * Tracks why a client has no connection although it should always have one: the
 * connection that adapters share, or one of a gateway.
 */
final class ConnectFailureTracker {

	private static final Log logger = LogFactory.getLog(NamedPipeClient.class);

	private final NamedPipeClient client;

	private volatile @Nullable PipeException current;

	ConnectFailureTracker(NamedPipeClient client) {
		this.client = client;
	}

	@Nullable PipeException current() {
		return this.current;
	}

	/**
	 * An attempt to connect has failed.
	 */
	void failed(PipeException failure) {
		String text = "'" + this.client.getName() + "' cannot connect: " + failure.getMessage();
		if (this.current == null) {
			logger.warn(text);
		}
		else {
			logger.debug(text);
		}
		this.current = failure;
	}

	/**
	 * The last connection has ended.
	 */
	void lost() {
		if (this.current == null) {
			String address = this.client.address();
			this.current = new PipeException("The connection to " + address + " is lost", address, null);
		}
	}

	/**
	 * There is a connection.
	 */
	void connected() {
		if (this.current != null) {
			this.current = null;
			logger.info("Connected " + this.client);
		}
	}

	/**
	 * A new run begins, or one has ended.
	 */
	void clear() {
		this.current = null;
	}

}
