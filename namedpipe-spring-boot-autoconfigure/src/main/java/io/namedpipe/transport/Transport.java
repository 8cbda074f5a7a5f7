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

package io.namedpipe.transport;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * The pipes of one platform. Implementations may keep something from one connection for
 * the next, see {@link #releaseKept()}, and may be used by any number of threads.
 */
public interface Transport {

	/**
	 * What this transport can do on this machine.
	 * @return the capabilities
	 */
	Set<Capability> capabilities();

	/**
	 * Whether this transport can do something on this machine. Finds out about that one
	 * alone, which may cost less than {@link #capabilities()}.
	 * @param capability what to do
	 * @return whether it can
	 */
	default boolean supports(Capability capability) {
		return capabilities().contains(capability);
	}

	/**
	 * Why {@link TransportChannel#runAsPeer} cannot work here, whoever the peer is.
	 * @return the reason and what to do about it, or empty if it can work
	 */
	default Optional<String> runAsPeerObstacle() {
		return (capabilities().contains(Capability.RUN_AS_CLIENT)) ? Optional.empty()
				: Optional.of("this kind of pipe cannot run anything as its client");
	}

	/**
	 * The address behind a configured name, after checking the name against the rules of
	 * the platform.
	 * @param pipeName the name as configured
	 * @param directory the folder for short names, or {@code null} for the default
	 * @return the path or full pipe name, as a log line or health shows it
	 * @throws TransportException with {@link TransportException.Reason#INVALID_NAME}
	 */
	String resolve(String pipeName, @Nullable Path directory) throws TransportException;

	/**
	 * Takes the name and creates the first instance. When this returns a client can
	 * connect.
	 * @param options what is asked for
	 * @return the listener that owns the name
	 * @throws TransportException if the name cannot be had, or what is asked for cannot
	 * be done here
	 */
	TransportListener listen(ListenOptions options) throws TransportException;

	/**
	 * Tries once to connect, without waiting for a server or a free instance.
	 * @param options what is asked for
	 * @return the connected channel
	 * @throws TransportException with {@link TransportException.Reason#NO_SERVER} or
	 * {@link TransportException.Reason#BUSY} where another attempt may succeed
	 */
	TransportChannel connect(ConnectOptions options) throws TransportException;

	/**
	 * Tries once to connect, in a bounded time where the platform itself may take long:
	 * to find another machine.
	 * @param options what is asked for
	 * @param atMost the longest time, of which a transport need not take notice that does
	 * not wait
	 * @return the connected channel
	 * @throws TransportException as {@link #connect(ConnectOptions)}
	 */
	default TransportChannel connect(ConnectOptions options, Duration atMost) throws TransportException {
		return connect(options);
	}

	/**
	 * Gives up what is kept from one connection for the next, and an attempt to connect
	 * that is under way, for a client that stops. Connecting again is possible.
	 */
	default void releaseKept() {
	}

	/**
	 * Waits until another attempt is worth making, after one that failed because of a
	 * missing server or a lack of free instances. Returning early is allowed, spinning is
	 * not.
	 * @param options what is asked for
	 * @param reason why the last attempt failed
	 * @param atMost the longest time to wait, 50 ms at most
	 * @throws InterruptedException if the thread is interrupted
	 */
	default void awaitServer(ConnectOptions options, TransportException.Reason reason, Duration atMost)
			throws InterruptedException {
		TimeUnit.NANOSECONDS.sleep(atMost.toNanos());
	}

}
