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
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.PeerIdentityError;
import io.namedpipe.transport.ProcessIdentity;
import io.namedpipe.transport.TransportChannel;

/**
 * The one owner of the connections of a server or client: they are added, counted,
 * supervised and removed here and nowhere else.
 */
final class ConnectionRegistry implements ConnectionOwner {

	private static final Log logger = LogFactory.getLog(ConnectionRegistry.class);

	private static final String ID_PREFIX = Long.toString(ThreadLocalRandom.current().nextLong(1L << 30, 1L << 40), 36)
			+ "-";

	private static final AtomicLong ids = new AtomicLong();

	private static final Runnable NOTHING = () -> {
	};

	private final PipeSettings settings;

	private final String address;

	private final PipeStatistics statistics = new PipeStatistics();

	private final PipeListener listener;

	private final IncidentLog incidents;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private final Map<String, PipeConnection> connections = new HashMap<>();

	private final Map<String, Integer> connectionsPerUser = new HashMap<>();

	private final Map<PipeConnection, String> countedUsers = new HashMap<>();

	// Connections whose opening the listener is being told, with what to tell it next
	private final Map<PipeConnection, Runnable> announcing = new HashMap<>();

	private @Nullable Future<?> supervision;

	ConnectionRegistry(PipeSettings settings, String address) {
		this.settings = settings;
		this.address = address;
		this.listener = settings.listener();
		this.incidents = new IncidentLog(settings, address);
	}

	PipeStatistics statistics() {
		return this.statistics;
	}

	@Override
	public String address() {
		return this.address;
	}

	@Override
	public int maxMessageSize() {
		return this.settings.maxMessageSize();
	}

	/**
	 * Adds a connection.
	 * @return the connection, or {@code null} if its user has too many already; the
	 * channel is closed then
	 */
	@Nullable PipeConnection open(TransportChannel channel) {
		PipeConnection connection = new PipeConnection(ID_PREFIX + Long.toString(ids.incrementAndGet(), 36), this,
				channel, this.settings.transmissionMode(), this.settings.direction(), this.statistics);
		if (!add(connection)) {
			rejected(connection.peer(), RejectReason.USER_LIMIT, userLimitMessage(connection));
			channel.close();
			return null;
		}
		announce(connection);
		return connection;
	}

	// Another thread may close the connection meanwhile, which the listener hears after
	private void announce(PipeConnection connection) {
		try {
			notifyListener(() -> this.listener.opened(connection));
		}
		finally {
			announced(connection);
		}
	}

	private void announced(PipeConnection connection) {
		Runnable next;
		this.lock.lock();
		try {
			next = this.announcing.remove(connection);
		}
		finally {
			this.lock.unlock();
		}
		if (next != null) {
			notifyListener(next);
		}
	}

	private boolean add(PipeConnection connection) {
		this.lock.lock();
		try {
			if (!countUser(connection)) {
				return false;
			}
			this.connections.put(connection.id(), connection);
			this.announcing.put(connection, NOTHING);
			this.statistics.countOpened();
			superviseEvery(this.settings.supervisionPeriod());
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean countUser(PipeConnection connection) {
		Integer limit = this.settings.maxConnectionsPerUser();
		String user = (limit != null) ? connection.peer().userId().or(() -> connection.peer().user()).orElse(null)
				: null;
		if (limit == null || user == null || this.countedUsers.containsKey(connection)) {
			return true;
		}
		int count = this.connectionsPerUser.getOrDefault(user, 0);
		if (count >= limit) {
			return false;
		}
		this.connectionsPerUser.put(user, count + 1);
		this.countedUsers.put(connection, user);
		return true;
	}

	private String userLimitMessage(PipeConnection connection) {
		return connection.peer() + " has reached the limit of " + this.settings.maxConnectionsPerUser()
				+ " connections per user on " + this.address;
	}

	@Override
	public void peerIdentified(PipeConnection connection) throws PipeClosedException {
		if (this.settings.maxConnectionsPerUser() == null) {
			return;
		}
		boolean withinLimit;
		this.lock.lock();
		try {
			// one that has been closed meanwhile would be counted for ever
			withinLimit = !this.connections.containsKey(connection.id()) || countUser(connection);
		}
		finally {
			this.lock.unlock();
		}
		if (!withinLimit) {
			String message = userLimitMessage(connection);
			rejected(connection.peer(), RejectReason.USER_LIMIT, message);
			connection.close(CloseReason.PROTOCOL);
			throw new PipeClosedException(message, this.address, CloseReason.PROTOCOL, null);
		}
	}

	@Override
	public void closed(PipeConnection connection, CloseReason reason, @Nullable Throwable cause) {
		Runnable notification = () -> this.listener.closed(connection, reason, cause);
		boolean announced;
		this.lock.lock();
		try {
			if (this.connections.remove(connection.id()) == null) {
				return;
			}
			String user = this.countedUsers.remove(connection);
			if (user != null) {
				this.connectionsPerUser.computeIfPresent(user, (key, count) -> (count > 1) ? count - 1 : null);
			}
			this.statistics.countClosed(reason);
			if (this.connections.isEmpty() && this.supervision != null) {
				this.supervision.cancel(false);
				this.supervision = null;
			}
			this.changed.signalAll();
			announced = this.announcing.replace(connection, notification) == null;
		}
		finally {
			this.lock.unlock();
		}
		this.incidents.closed(connection, reason, cause);
		if (announced) {
			notifyListener(notification);
		}
	}

	void rejected(PipePeer peer, RejectReason reason, String message) {
		this.statistics.countRejected(reason);
		this.incidents.rejected(reason, message);
		notifyListener(() -> this.listener.rejected(peer, reason, message));
	}

	void failed(PipeErrorType type, @Nullable PipeConnection connection, Throwable failure) {
		this.statistics.countError(type);
		notifyListener(() -> this.listener.failed(type, connection, failure));
	}

	private void notifyListener(Runnable call) {
		ProcessIdentity.executeUnlessLost(() -> callListener(call));
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

	Collection<PipeConnection> connections() {
		this.lock.lock();
		try {
			return List.copyOf(this.connections.values());
		}
		finally {
			this.lock.unlock();
		}
	}

	Optional<PipeConnection> connection(String id) {
		this.lock.lock();
		try {
			return Optional.ofNullable(this.connections.get(id));
		}
		finally {
			this.lock.unlock();
		}
	}

	int size() {
		this.lock.lock();
		try {
			return this.connections.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits until there are fewer connections than the limit.
	 * @return {@code false} if the time was up
	 */
	boolean awaitFewerThan(int limit, Duration atMost) throws InterruptedException {
		long remaining = atMost.toNanos();
		this.lock.lockInterruptibly();
		try {
			while (this.connections.size() >= limit && remaining > 0) {
				remaining = this.changed.awaitNanos(remaining);
			}
			return this.connections.size() < limit;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Ends the input of every connection, waits until their handlers have closed them,
	 * and closes what is left when the time is up.
	 */
	void stop(Duration drainTimeout) {
		for (PipeConnection connection : connections()) {
			connection.beginStop();
		}
		try {
			if (!awaitFewerThan(1, drainTimeout) && !drainTimeout.isZero()) {
				warnOfUnfinishedWork(drainTimeout);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		closeAll();
		this.incidents.flush();
	}

	private void warnOfUnfinishedWork(Duration drainTimeout) {
		Collection<PipeConnection> left = connections();
		if (!left.isEmpty()) {
			logger.warn("Closing " + left.size() + " of the connections of " + this.address
					+ ", whose work did not end within " + drainTimeout.toMillis() + " ms (drain timeout): "
					+ left.iterator().next() + ((left.size() > 1) ? ", ..." : ""));
		}
	}

	void closeAll() {
		for (PipeConnection connection : connections()) {
			connection.close(CloseReason.STOP);
		}
	}

	@Override
	public void supervise(Duration timeout) {
		this.lock.lock();
		try {
			if (!this.connections.isEmpty()) {
				superviseEvery(PipeSettings.supervisionPeriod(timeout));
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void superviseEvery(@Nullable Duration period) {
		if (this.supervision == null && period != null) {
			this.supervision = Supervisor.every(period, this::checkDeadlines);
		}
	}

	private void checkDeadlines() {
		long now = System.nanoTime();
		for (PipeConnection connection : connections()) {
			ConnectionDeadlines deadlines = connection.deadlines();
			if (deadlines.handshakeOverdue(now)) {
				rejected(connection.peer(), RejectReason.HANDSHAKE,
						connection.peer() + " sent no complete frame in time on " + this.address);
				connection.close(CloseReason.PROTOCOL);
			}
			else if (deadlines.writeOverdue(now, this.settings.writeTimeout(), connection.statistics())) {
				connection.close(CloseReason.WRITE_TIMEOUT);
			}
			else if (deadlines.idleOverdue(now, this.settings.idleTimeout(), connection.statistics(),
					connection.isBusy())) {
				connection.close(CloseReason.IDLE);
			}
		}
	}

}
