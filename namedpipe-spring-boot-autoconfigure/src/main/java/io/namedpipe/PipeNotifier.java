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

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.PeerIdentityError;
import io.namedpipe.transport.ProcessIdentity;

/**
 * Counts the events of the connections of a server or client, logs them and passes them
 * to the listener.
 */
final class PipeNotifier {

	private static final Log logger = LogFactory.getLog(PipeNotifier.class);

	private final String address;

	private final PipeStatistics statistics = new PipeStatistics();

	private final PipeListener listener;

	private final ConnectionLog connectionLog;

	PipeNotifier(PipeSettings settings, String address) {
		this.address = address;
		this.listener = settings.listener();
		this.connectionLog = new ConnectionLog(settings, address);
	}

	PipeStatistics statistics() {
		return this.statistics;
	}

	ConnectionLog connectionLog() {
		return this.connectionLog;
	}

	void opened(PipeConnection connection) {
		notifyListener(() -> this.listener.opened(connection));
	}

	void closed(PipeConnection connection, CloseReason reason, @Nullable Throwable cause) {
		notifyListener(() -> this.listener.closed(connection, reason, cause));
	}

	void rejected(PipePeer peer, RejectReason reason, String message) {
		rejected(peer, reason, message, () -> {
		});
	}

	/**
	 * A peer is rejected.
	 * @param release lets go of it, which must not wait for the listener
	 */
	void rejected(PipePeer peer, RejectReason reason, String message, Runnable release) {
		this.statistics.countRejected(reason);
		this.connectionLog.rejected(reason, message);
		try {
			release.run();
		}
		finally {
			notifyListener(() -> this.listener.rejected(peer, reason, message));
		}
	}

	void failed(PipeErrorType type, @Nullable PipeConnection connection, Throwable failure) {
		this.statistics.countError(type);
		notifyListener(() -> this.listener.failed(type, connection, failure));
	}

	private void notifyListener(Runnable call) {
		ProcessIdentity.run(() -> callListener(call));
	}

	private void callListener(Runnable call) {
		try {
			call.run();
		}
		catch (PeerIdentityError ex) {
			throw ex;
		}
		catch (RuntimeException | Error ex) {
			logger.warn("A listener of " + this.address + " failed", ex);
		}
	}

}
