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

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.PeerIdentityError;
import io.namedpipe.transport.PeerRejectedException;
import io.namedpipe.transport.TimeLimit;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;

/**
 * Turns arrivals into connections, on the threads that will serve them: identifies the
 * peer, runs the initializer, and gives up when the time limit has passed.
 */
final class Admission {

	/** Longer than a usable account database takes. */
	static final Duration LONGEST_LOOK_UP = Duration.ofSeconds(10);

	/**
	 * The default time limit of the initializers of a child's pipes.
	 */
	static final Duration HANDSHAKE_OF_CHILD = Duration.ofSeconds(30);

	/**
	 * The number of peers that are identified at once, which bounds the threads that a
	 * directory server without an answer can occupy.
	 */
	static final int MOST_LOOK_UPS = 64;

	private static final Log logger = LogFactory.getLog(Admission.class);

	private static final String ID_PREFIX = Long.toString(ThreadLocalRandom.current().nextLong(1L << 30, 1L << 40), 36)
			+ "-";

	private static final AtomicLong ids = new AtomicLong();

	private final PipeSettings settings;

	private final String address;

	private final PipeNotifier notifier;

	private final ConnectionRegistry registry;

	Admission(PipeSettings settings, String address, PipeNotifier notifier, ConnectionRegistry registry) {
		this.settings = settings;
		this.address = address;
		this.notifier = notifier;
		this.registry = registry;
	}

	/**
	 * Identifies the peer and turns the arrival into a connection. May block: to be
	 * called by the thread that will serve the connection.
	 * @return the connection, or {@code null} if the peer was rejected, which has been
	 * reported
	 */
	@Nullable PipeConnection admit(Arrival arrival) {
		boolean opened = false;
		try {
			if (!lookUp(arrival)) {
				return null;
			}
			PipeConnection connection = connection(arrival);
			if (!connection.canRead() && !connection.canWrite()) {
				turnAway(arrival, connection.peer(), RejectReason.ACCESS, "Access to " + this.address + " denied for "
						+ connection.peer() + ": its rights are of no use with direction " + this.settings.direction());
				return null;
			}
			if (!isWithinUserLimit(arrival, connection)) {
				return null;
			}
			Duration timeout = this.settings.handshakeTimeout();
			if (timeout != null) {
				arrival.limit(arrival.arrivedAt() + TimeLimit.nanos(timeout));
			}
			else {
				arrival.unlimited();
			}
			try {
				initialize(connection);
			}
			catch (PeerIdentityError ex) {
				throw ex;
			}
			catch (Exception | Error ex) {
				clearInterrupt(ex);
				initializerFailed(arrival, connection, ex);
				return null;
			}
			// an initializer that has read may know the peer by now
			if (!isWithinUserLimit(arrival, connection)) {
				return null;
			}
			opened = this.registry.opened(arrival, connection);
			// from here on the limits of an open connection apply
			arrival.expire(true);
			return opened ? connection : null;
		}
		finally {
			this.registry.leave(arrival, opened);
		}
	}

	private boolean isWithinUserLimit(Arrival arrival, PipeConnection connection) {
		if (this.registry.countUser(connection)) {
			return true;
		}
		turnAway(arrival, connection.peer(), RejectReason.USER_LIMIT, this.registry.userLimitMessage(connection));
		return false;
	}

	private void initialize(PipeConnection connection) throws Exception {
		this.settings.initializer().initialize(connection);
		if (!connection.isOpen()) {
			throw new PipeClosedException("It was closed meanwhile", this.address,
					connection.closeReason().orElse(null), null);
		}
	}

	// the initializer was interrupted, and has reported it
	private static void clearInterrupt(Throwable failure) {
		if (failure instanceof InterruptedException) {
			Thread.interrupted();
		}
	}

	/**
	 * Begins the time in which a peer has to be known.
	 */
	void limitLookUp(Arrival arrival) {
		Duration timeout = this.settings.handshakeTimeout();
		arrival.limit(arrival.arrivedAt() + TimeLimit
			.nanos((timeout != null && timeout.compareTo(LONGEST_LOOK_UP) < 0) ? timeout : LONGEST_LOOK_UP));
	}

	private boolean lookUp(Arrival arrival) {
		try {
			try {
				PlatformThread.run(arrival.channel()::admit, "namedpipe-" + this.settings.pipeName() + "-look-up");
			}
			finally {
				this.registry.lookedUp(arrival);
			}
			return true;
		}
		catch (PeerRejectedException ex) {
			turnAway(arrival, new PipePeer(ex::getPeer), RejectReason.ACCESS, String.valueOf(ex.getMessage()));
		}
		catch (PeerIdentityError ex) {
			throw ex;
		}
		catch (TransportException | RuntimeException | Error ex) {
			if (this.registry.giveUp(arrival)) {
				this.registry.discard(arrival);
				PipeException failure = (ex instanceof TransportException transportException)
						? PipeExceptions.translate(transportException, this.address) : new PipeException(
								"Admitting a client of " + this.address + " failed: " + ex, this.address, ex);
				this.notifier.connectionLog().admissionFailed(failure);
				this.notifier.failed(PipeErrorType.ACCEPT, null, failure);
			}
		}
		return false;
	}

	private void turnAway(Arrival arrival, PipePeer peer, RejectReason reason, String message) {
		if (this.registry.giveUp(arrival)) {
			this.notifier.rejected(peer, reason, message, () -> this.registry.discard(arrival));
		}
	}

	private void initializerFailed(Arrival arrival, PipeConnection connection, Throwable failure) {
		turnAway(arrival, connection.peer(), RejectReason.HANDSHAKE,
				"Preparing " + connection + " on " + this.address + " failed: " + failure);
		if (failure instanceof RuntimeException || failure instanceof Error) {
			logger.debug("The initializer of " + connection + " on " + this.address + " failed", failure);
		}
	}

	/**
	 * Turns a channel into a connection. If that fails, the channel is closed.
	 * @param deadline when the connection is to be ready, or {@code null}
	 * @param limit the time limit that the deadline comes from, for the message
	 * @throws PipeException if the initializer fails, or the time is up
	 */
	PipeConnection open(TransportChannel channel, @Nullable Long deadline, String limit) throws PipeException {
		Arrival arrival = this.registry.arrive(new Arrival(channel, false));
		boolean opened = false;
		try {
			if (deadline != null) {
				arrival.limit(deadline);
				this.registry.superviseArrivals(TimeLimit.remaining(deadline));
			}
			PipeConnection connection = connection(arrival);
			try {
				initialize(connection);
			}
			catch (PeerIdentityError ex) {
				throw ex;
			}
			catch (Exception | Error ex) {
				throw notReady(arrival, connection, limit, ex);
			}
			opened = this.registry.opened(arrival, connection);
			if (!opened || !arrival.expire(true)) {
				// the supervisor, which found the arrival to be
				// late, may not see the connection
				connection.close(CloseReason.PROTOCOL);
				throw notReady(arrival, connection, limit, null);
			}
			return connection;
		}
		finally {
			this.registry.leave(arrival, opened);
		}
	}

	private PipeException notReady(Arrival arrival, PipeConnection connection, String limit,
			@Nullable Throwable cause) {
		if (arrival.isExpired()) {
			return new PipeTimeoutException("The connection to " + this.address + " was not ready in time (" + limit
					+ ")" + ((cause instanceof PipeException) ? ": " + cause.getMessage() : ""), this.address, cause);
		}
		if (cause == null || arrival.isAbandoned()) {
			return new PipeClosedException("The connection to " + this.address + " was given up: this end is stopped",
					this.address, CloseReason.STOP, cause);
		}
		if (cause instanceof InterruptedException) {
			Thread.currentThread().interrupt();
		}
		return new PipeException("Preparing " + connection + " on " + this.address + " failed: " + cause, this.address,
				cause);
	}

	private PipeConnection connection(Arrival arrival) {
		PipeConnection connection = new PipeConnection(ID_PREFIX + Long.toString(ids.incrementAndGet(), 36),
				this.registry, arrival.channel(), this.settings.transmissionMode(), this.settings.direction(),
				this.registry.statistics());
		arrival.setConnection(connection);
		return connection;
	}

	void expire(Arrival arrival) {
		PipeConnection connection = arrival.connection();
		boolean announced = this.registry.isAnnounced(arrival);
		if (!announced && !this.registry.giveUp(arrival)) {
			return;
		}
		Runnable release = () -> {
			if (announced && connection != null) {
				connection.close(CloseReason.PROTOCOL);
			}
			else {
				this.registry.discard(arrival);
			}
		};
		if (arrival.isAccepted()) {
			rejectLate(arrival, connection, release);
		}
		else {
			release.run();
		}
	}

	private void rejectLate(Arrival arrival, @Nullable PipeConnection connection, Runnable release) {
		if (connection != null) {
			this.notifier
				.rejected(connection.peer(), RejectReason.HANDSHAKE,
						"Preparing " + connection + " on " + this.address
								+ " did not end within the handshake timeout, which is also that of listeners",
						release);
		}
		else {
			this.notifier.rejected(new PipePeer(arrival.channel()::peer), RejectReason.ACCESS,
					"Who a client of " + this.address
							+ " is could not be found out in time: does the account database (a directory server, for"
							+ " example) answer?",
					release);
		}
	}

}
