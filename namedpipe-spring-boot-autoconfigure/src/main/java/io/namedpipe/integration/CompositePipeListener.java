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

/**
 * Passes events to two listeners, to the second even if the first fails.
 */
final class CompositePipeListener implements PipeListener {

	private final PipeListener first;

	private final PipeListener second;

	private CompositePipeListener(PipeListener first, PipeListener second) {
		this.first = first;
		this.second = second;
	}

	static PipeListener of(PipeListener first, PipeListener second) {
		if (first == PipeListener.NONE || first == second) {
			return second;
		}
		return (second != PipeListener.NONE) ? new CompositePipeListener(first, second) : first;
	}

	@Override
	public void opened(PipeConnection connection) {
		try {
			this.first.opened(connection);
		}
		finally {
			this.second.opened(connection);
		}
	}

	@Override
	public void closed(PipeConnection connection, CloseReason reason, @Nullable Throwable cause) {
		try {
			this.first.closed(connection, reason, cause);
		}
		finally {
			this.second.closed(connection, reason, cause);
		}
	}

	@Override
	public void rejected(PipePeer peer, RejectReason reason, String message) {
		try {
			this.first.rejected(peer, reason, message);
		}
		finally {
			this.second.rejected(peer, reason, message);
		}
	}

	@Override
	public void failed(PipeErrorType type, @Nullable PipeConnection connection, Throwable failure) {
		try {
			this.first.failed(type, connection, failure);
		}
		finally {
			this.second.failed(type, connection, failure);
		}
	}

}
