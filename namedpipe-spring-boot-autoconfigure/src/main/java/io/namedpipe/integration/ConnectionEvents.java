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

import org.jspecify.annotations.Nullable;

import io.namedpipe.CloseReason;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeListener;
import io.namedpipe.PipePeer;
import io.namedpipe.RejectReason;
import io.namedpipe.integration.event.NamedPipeConnectionClosedEvent;
import io.namedpipe.integration.event.NamedPipeConnectionOpenedEvent;
import io.namedpipe.integration.event.NamedPipeConnectionRejectedEvent;
import io.namedpipe.integration.event.NamedPipeErrorEvent;

/**
 * Passes the events of connections to their {@link NamedPipe}, publishes them as
 * application events and calls the listener of the application.
 */
final class ConnectionEvents implements PipeListener {

	private final PipeListener next;

	private @Nullable NamedPipe pipe;

	ConnectionEvents(PipeListener next) {
		this.next = next;
	}

	void setPipe(NamedPipe pipe) {
		this.pipe = pipe;
	}

	@Override
	public void opened(PipeConnection connection) {
		NamedPipe source = this.pipe;
		if (source != null) {
			source.connectionOpened(connection);
			source.publish(new NamedPipeConnectionOpenedEvent(source, source.getName(), connection));
		}
		this.next.opened(connection);
	}

	@Override
	public void closed(PipeConnection connection, CloseReason reason, @Nullable Throwable cause) {
		NamedPipe source = this.pipe;
		if (source != null) {
			source.connectionClosed(connection);
			source.publish(new NamedPipeConnectionClosedEvent(source, source.getName(), connection, reason, cause));
		}
		this.next.closed(connection, reason, cause);
	}

	@Override
	public void rejected(PipePeer peer, RejectReason reason, String message) {
		NamedPipe source = this.pipe;
		if (source != null) {
			source.publish(new NamedPipeConnectionRejectedEvent(source, source.getName(), peer, reason, message));
		}
		this.next.rejected(peer, reason, message);
	}

	@Override
	public void failed(PipeErrorType type, @Nullable PipeConnection connection, Throwable failure) {
		NamedPipe source = this.pipe;
		if (source != null) {
			source.publish(new NamedPipeErrorEvent(source, source.getName(), type, connection, failure));
		}
		this.next.failed(type, connection, failure);
	}

}
