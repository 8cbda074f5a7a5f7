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

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * The sessions by connection id, and as an array for a broadcast that allocates nothing.
 * Connections are owned by the pipe API; a session is registered from when its connection
 * is opened to the end of its conversation.
 */
final class SessionRegistry {

	private static final NamedPipeSession[] NONE = {};

	private final Map<String, NamedPipeSession> byId = new ConcurrentHashMap<>();

	private volatile NamedPipeSession[] all = NONE;

	synchronized void add(NamedPipeSession session) {
		this.byId.put(session.connection().id(), session);
		NamedPipeSession[] more = Arrays.copyOf(this.all, this.all.length + 1);
		more[more.length - 1] = session;
		this.all = more;
	}

	synchronized void remove(NamedPipeSession session) {
		if (this.byId.remove(session.connection().id()) == null) {
			return;
		}
		NamedPipeSession[] current = this.all;
		NamedPipeSession[] fewer = new NamedPipeSession[current.length - 1];
		int index = Arrays.asList(current).indexOf(session);
		System.arraycopy(current, 0, fewer, 0, index);
		System.arraycopy(current, index + 1, fewer, index, fewer.length - index);
		this.all = fewer;
	}

	@Nullable NamedPipeSession get(String connectionId) {
		return this.byId.get(connectionId);
	}

	/**
	 * All sessions at this moment; not to be changed.
	 */
	NamedPipeSession[] all() {
		return this.all;
	}

}
