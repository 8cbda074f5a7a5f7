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

import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.AnonymousPipes;
import io.namedpipe.transport.Capability;
import io.namedpipe.transport.ConnectOptions;
import io.namedpipe.transport.ListenOptions;
import io.namedpipe.transport.Transport;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.TransportListener;

/**
 * The transport of the client's end of an anonymous pipe that this process was started
 * with. Connects once.
 */
final class AnonymousPipeClientTransport implements Transport {

	private final String handle;

	private final AtomicBoolean used = new AtomicBoolean();

	AnonymousPipeClientTransport(String handle) {
		this.handle = handle;
	}

	static String address(String handle) {
		return "anonymous pipe " + handle;
	}

	@Override
	public Set<Capability> capabilities() {
		return Set.of(Capability.BYTE_MODE);
	}

	@Override
	public String resolve(String pipeName, @Nullable Path directory) {
		return address(this.handle);
	}

	@Override
	public TransportListener listen(ListenOptions options) throws TransportException {
		throw new TransportException(Reason.UNSUPPORTED, "The other end of " + address(this.handle) + " is the server");
	}

	@Override
	public TransportChannel connect(ConnectOptions options) throws TransportException {
		if (options.readable() && options.writable()) {
			throw new TransportException(Reason.UNSUPPORTED,
					"The " + address(this.handle) + " goes one way: use direction 'in' or 'out'");
		}
		if (options.message()) {
			throw new TransportException(Reason.UNSUPPORTED,
					"The " + address(this.handle) + " carries bytes: use transmission mode 'byte'");
		}
		AnonymousPipes pipes = AnonymousPipes.ofThisPlatform();
		if (!this.used.compareAndSet(false, true)) {
			throw new TransportException(Reason.CLOSED, "The " + address(this.handle)
					+ " has been used: a new one comes with a new process, which the parent starts");
		}
		try {
			return pipes.open(this.handle, options.readable());
		}
		catch (TransportException ex) {
			this.used.set(false);
			throw ex;
		}
	}

}
