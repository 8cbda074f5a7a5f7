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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.TimeLimit;
import io.namedpipe.transport.TransportChannel;

/**
 * Owns the connections of a server or client: they are added, counted, supervised and
 * removed here and nowhere else. Nothing that may block is done under its lock.
 */
final class ConnectionRegistry implements ConnectionOwner {

	private static final Log logger = LogFactory.getLog(ConnectionRegistry.class);

	private static final Runnable NOTHING = () -> {
	};

	private final PipeSettings settings;

	private final String address;

	private final PipeNotifier notifier;

	private final Admission admission;

	private final TimeoutSupervision supervision;

	private final UserLimit users;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private final Set<Arrival> arrivals = new LinkedHashSet<>();

	// the arrivals that have been announced and are counted as connections
	private final Set<Arrival> announced = new LinkedHashSet<>();

	private final Map<String, PipeConnection> connections = new HashMap<>();

	// connections whose opening is being reported, with what to report next
	private final Map<PipeConnection, Runnable> announcing = new HashMap<>();

	// Those whose peers do not read what is written to them
	private final Set<PipeConnection> stuck = ConcurrentHashMap.newKeySet();

	// With those whose time was up, and whose thread has not come back
	private int lookUps;

	// That of the connections
	private Duration period;

	ConnectionRegistry(PipeSettings settings, String address) {
		this.settings = settings;
		this.period = settings.supervisionPeriod();
		this.address = address;
		this.notifier = new PipeNotifier(settings, address);
		this.admission = new Admission(settings, address, this.notifier, this);
		this.supervision = new TimeoutSupervision(settings, this.notifier, this, this.admission);
		this.users = new UserLimit(settings.maxConnectionsPerUser(), address);
	}

	PipeStatistics statistics() {
		return this.notifier.statistics();
	}

	PipeNotifier notifier() {
		return this.notifier;
	}

	Admission admission() {
		return this.admission;
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
	 * Gives a place to a channel that was accepted, which is closed if that fails.
	 */
	Arrival arrive(TransportChannel channel) {
		Arrival arrival = new Arrival(channel, true);
		this.admission.limitLookUp(arrival);
		return arrive(arrival);
	}

	Arrival arrive(Arrival arrival) {
		TransportChannel channel = arrival.channel();
		boolean added = false;
		this.lock.lock();
		try {
			this.arrivals.add(arrival);
			this.supervision.every(this.period);
			this.lookUps += arrival.isToBeLookedUp() ? 1 : 0;
			added = true;
		}
		finally {
			if (!added) {
				this.arrivals.remove(arrival);
			}
			this.lock.unlock();
			if (!added) {
				channel.close();
			}
		}
		return arrival;
	}

	void lookedUp(Arrival arrival) {
		this.lock.lock();
		try {
			if (arrival.lookedUp()) {
				this.lookUps--;
				this.changed.signalAll();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Turns the arrival into a connection and reports it.
	 * @return {@code false} if the arrival has been settled otherwise
	 */
	boolean opened(Arrival arrival, PipeConnection connection) {
		this.lock.lock();
		try {
			if (!connection.isOpen() || !arrival.settle()) {
				return false;
			}
			this.connections.put(connection.id(), connection);
			this.announcing.put(connection, NOTHING);
			this.announced.add(arrival);
			statistics().countOpened();
		}
		finally {
			this.lock.unlock();
		}
		announce(connection);
		return true;
	}

	// if another thread closes the connection meanwhile, that is reported afterwards
	private void announce(PipeConnection connection) {
		try {
			this.notifier.opened(connection);
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
			next.run();
		}
	}

	private void endSupervision() {
		if (!this.arrivals.isEmpty()) {
			return;
		}
		if (this.connections.isEmpty()) {
			this.supervision.end();
			this.period = this.settings.supervisionPeriod();
		}
		else {
			this.supervision.relax(this.period);
		}
	}

	String userLimitMessage(PipeConnection connection) {
		return this.users.message(connection);
	}

	boolean isAnnounced(Arrival arrival) {
		this.lock.lock();
		try {
			return this.announced.contains(arrival);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Releases the instance of an arrival that is rejected, which has to be discarded
	 * then.
	 * @return {@code false} if the arrival has been settled otherwise
	 */
	boolean giveUp(Arrival arrival) {
		PipeConnection connection = arrival.connection();
		this.lock.lock();
		try {
			if (!arrival.settle()) {
				return false;
			}
			this.arrivals.remove(arrival);
			if (connection != null) {
				this.users.uncount(connection);
			}
			endSupervision();
			this.changed.signalAll();
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Notes whether the peer of a connection reads.
	 * @return {@code true} if it has just been found not to
	 */
	boolean setStuck(PipeConnection connection, boolean isStuck) {
		if (isStuck == this.stuck.contains(connection)) {
			return false;
		}
		this.lock.lock();
		try {
			boolean changed = (isStuck) ? this.connections.containsKey(connection.id()) && this.stuck.add(connection)
					: this.stuck.remove(connection);
			statistics().setStuck(this.stuck.size());
			return changed && isStuck;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The arrival has been dealt with.
	 */
	void leave(Arrival arrival, boolean opened) {
		PipeConnection connection = arrival.connection();
		this.lock.lock();
		try {
			this.arrivals.remove(arrival);
			this.announced.remove(arrival);
			if (arrival.lookedUp()) {
				this.lookUps--;
			}
			if (!opened) {
				arrival.settle();
				if (connection != null) {
					this.users.uncount(connection);
				}
			}
			endSupervision();
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
			if (!opened) {
				discard(arrival);
			}
		}
	}

	/**
	 * Closes an arrival without reporting it. Does not wait for a look-up, which can keep
	 * a socket from being closed.
	 */
	void discard(Arrival arrival) {
		if (!isBeingLookedUp(arrival)) {
			close(arrival);
			return;
		}
		try {
			Workers.run(() -> close(arrival));
		}
		catch (OutOfMemoryError ex) {
			close(arrival);
		}
	}

	private boolean isBeingLookedUp(Arrival arrival) {
		this.lock.lock();
		try {
			return arrival.isToBeLookedUp();
		}
		finally {
			this.lock.unlock();
		}
	}

	private static void close(Arrival arrival) {
		PipeConnection connection = arrival.connection();
		if (connection != null) {
			connection.close(CloseReason.ERROR);
		}
		arrival.channel().close();
	}

	/**
	 * Gives up an arrival that nobody deals with.
	 */
	void abandon(Arrival arrival) {
		leave(arrival, false);
	}

	boolean countUser(PipeConnection connection) {
		String user = this.users.userOf(connection);
		this.lock.lock();
		try {
			return this.users.count(connection, user);
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void peerIdentified(PipeConnection connection) throws PipeClosedException {
		if (this.users.isUnlimited()) {
			return;
		}
		String user = this.users.userOf(connection);
		boolean withinLimit;
		this.lock.lock();
		try {
			// a connection that was closed meanwhile would be counted for ever
			withinLimit = !this.connections.containsKey(connection.id()) || this.users.count(connection, user);
		}
		finally {
			this.lock.unlock();
		}
		if (!withinLimit) {
			String message = this.users.message(connection);
			this.notifier.rejected(connection.peer(), RejectReason.USER_LIMIT, message,
					() -> connection.close(CloseReason.PROTOCOL));
			throw new PipeClosedException(message, this.address, CloseReason.PROTOCOL, null);
		}
	}

	@Override
	public void closed(PipeConnection connection, CloseReason reason, @Nullable Throwable cause) {
		Runnable notification = () -> this.notifier.closed(connection, reason, cause);
		boolean announced;
		this.lock.lock();
		try {
			if (this.connections.remove(connection.id()) == null) {
				return;
			}
			this.users.uncount(connection);
			statistics().countClosed(reason);
			if (this.stuck.remove(connection)) {
				statistics().setStuck(this.stuck.size());
			}
			endSupervision();
			this.changed.signalAll();
			announced = this.announcing.replace(connection, notification) == null;
		}
		finally {
			this.lock.unlock();
		}
		this.notifier.connectionLog().closed(connection, reason, cause);
		if (announced) {
			notification.run();
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
	 * Waits until there is a free instance, and a thread to identify its peer.
	 * @param limit the most connections at once
	 * @return {@code false} if the time was up
	 */
	boolean awaitPlace(int limit, Duration atMost) throws InterruptedException {
		long remaining = TimeLimit.nanos(atMost);
		this.lock.lockInterruptibly();
		try {
			while (!hasPlace(limit) && remaining > 0) {
				remaining = this.changed.awaitNanos(remaining);
			}
			return hasPlace(limit);
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean hasPlace(int limit) {
		return this.connections.size() + this.arrivals.size() - this.announced.size() < limit
				&& this.lookUps < Admission.MOST_LOOK_UPS;
	}

	/**
	 * Whether there is somebody to look up one more.
	 */
	boolean canLookUp() {
		this.lock.lock();
		try {
			return this.lookUps < Admission.MOST_LOOK_UPS;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits until all connections are closed, but for those whose conversations wait for
	 * this.
	 * @return {@code false} if the time was up
	 */
	boolean awaitClosed(Duration atMost) throws InterruptedException {
		long remaining = TimeLimit.nanos(atMost);
		this.lock.lockInterruptibly();
		try {
			while (isAwaited() && remaining > 0) {
				remaining = this.changed.awaitNanos(remaining);
			}
			return !isAwaited();
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean isAwaited() {
		for (PipeConnection connection : this.connections.values()) {
			if (!connection.isExcused()) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Lets the conversation that the calling thread serves, if it is one of this
	 * registry's, end by itself after a stop that it waits for.
	 */
	void excuseCaller() {
		PipeConnection own = PipeConnection.ofCurrentConversation();
		if (own == null) {
			return;
		}
		this.lock.lock();
		try {
			if (this.connections.get(own.id()) == own) {
				own.excuse();
				this.changed.signalAll();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Ends the input of every connection, waits until their handlers have closed them,
	 * and closes what is left when the time is up. A conversation that waits for this is
	 * not waited for: it has the same time once more, and is closed then.
	 */
	void stop(Duration drainTimeout) {
		excuseCaller();
		try {
			abandonArrivals();
			for (PipeConnection connection : connections()) {
				connection.beginStop();
			}
			if (!awaitClosed(drainTimeout) && !drainTimeout.isZero()) {
				warnOfUnfinishedWork(drainTimeout);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			closeUnlessExcused(drainTimeout);
			this.notifier.connectionLog().flush();
		}
	}

	/**
	 * Gives up the arrivals.
	 */
	void abandonArrivals() {
		for (Arrival arrival : arrivals()) {
			arrival.abandon();
			if (giveUp(arrival)) {
				discard(arrival);
			}
		}
	}

	List<Arrival> arrivals() {
		this.lock.lock();
		try {
			return List.copyOf(this.arrivals);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void warnOfUnfinishedWork(Duration drainTimeout) {
		Collection<PipeConnection> left = connections();
		left = left.stream().filter((connection) -> !connection.isExcused()).toList();
		if (!left.isEmpty()) {
			logger.warn("Closing " + left.size() + " of the connections of " + this.address
					+ ", whose work did not end within " + TimeLimit.millis(drainTimeout) + " ms (drain timeout): "
					+ left.iterator().next() + ((left.size() > 1) ? ", ..." : ""));
		}
	}

	/**
	 * Closes all connections but those whose conversations wait for this, which are
	 * closed later if they do not end by themselves.
	 */
	void closeUnlessExcused(Duration later) {
		for (PipeConnection connection : connections()) {
			if (connection.isExcused()) {
				Supervisor.after(later, () -> connection.close(CloseReason.STOP));
			}
			else {
				close(connection);
			}
		}
	}

	void closeAll() {
		abandonArrivals();
		for (PipeConnection connection : connections()) {
			close(connection);
		}
	}

	// a connection that fails to close must not keep the next one open
	private void close(PipeConnection connection) {
		try {
			connection.close(CloseReason.STOP);
		}
		catch (RuntimeException | Error ex) {
			logger.warn("Closing " + connection + " of " + this.address + " failed", ex);
		}
	}

	/**
	 * Looks after a time limit of an arrival, until none is left.
	 */
	void superviseArrivals(Duration timeout) {
		this.lock.lock();
		try {
			this.supervision.every(PipeSettings.supervisionPeriod(timeout));
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void supervise(Duration timeout) {
		Duration needed = PipeSettings.supervisionPeriod(timeout);
		this.lock.lock();
		try {
			if (!this.connections.isEmpty() || !this.arrivals.isEmpty()) {
				if (needed.compareTo(this.period) < 0) {
					this.period = needed;
				}
				this.supervision.every(needed);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

}
