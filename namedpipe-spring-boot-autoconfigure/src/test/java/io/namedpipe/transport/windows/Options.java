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

package io.namedpipe.transport.windows;

import java.util.OptionalInt;

import io.namedpipe.access.AccessRules;
import io.namedpipe.transport.AccessPolicy;
import io.namedpipe.transport.ConnectOptions;
import io.namedpipe.transport.ImpersonationLevel;
import io.namedpipe.transport.ListenOptions;

/**
 * What is asked of the transport in a test, changed from defaults.
 */
final class Options {

	private final String name;

	private boolean message;

	private boolean readable = true;

	private boolean writable = true;

	private int maxInstances = -1;

	private int pendingInstances = 2;

	private int maxMessageSize = 1 << 20;

	private boolean rejectRemoteClients = true;

	private OptionalInt bufferSize = OptionalInt.empty();

	private AccessPolicy access = AccessRules.currentUserOnly();

	private String verifyServerUser;

	private ImpersonationLevel impersonation = ImpersonationLevel.IDENTIFICATION;

	private Options(String name) {
		this.name = name;
	}

	static Options of(String name) {
		return new Options(name);
	}

	Options message() {
		this.message = true;
		return this;
	}

	Options readOnly() {
		this.writable = false;
		return this;
	}

	Options writeOnly() {
		this.readable = false;
		return this;
	}

	Options maxInstances(int maxInstances) {
		this.maxInstances = maxInstances;
		return this;
	}

	Options pendingInstances(int pendingInstances) {
		this.pendingInstances = pendingInstances;
		return this;
	}

	Options maxMessageSize(int maxMessageSize) {
		this.maxMessageSize = maxMessageSize;
		return this;
	}

	Options acceptRemoteClients() {
		this.rejectRemoteClients = false;
		return this;
	}

	Options bufferSize(int bufferSize) {
		this.bufferSize = OptionalInt.of(bufferSize);
		return this;
	}

	Options access(AccessPolicy access) {
		this.access = access;
		return this;
	}

	Options verifyServerUser(String user) {
		this.verifyServerUser = user;
		return this;
	}

	Options impersonation(ImpersonationLevel impersonation) {
		this.impersonation = impersonation;
		return this;
	}

	ListenOptions listen() {
		return new ListenOptions(this.name, null, this.message, this.readable, this.writable, this.maxInstances,
				this.pendingInstances, 128, this.bufferSize, this.bufferSize, this.maxMessageSize,
				this.rejectRemoteClients, this.access);
	}

	ConnectOptions connect() {
		return new ConnectOptions(this.name, null, ".", this.message, this.readable, this.writable, this.bufferSize,
				this.bufferSize, this.maxMessageSize, this.verifyServerUser, this.impersonation);
	}

}
