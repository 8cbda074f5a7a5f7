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

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.GrantedAccess;
import io.namedpipe.transport.ListenOptions;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.TransportListener;

/**
 * The instances of a pipe name. Some always wait for a client: the next one is created
 * before the connected one is handed out, as Kestrel does, because a client that finds
 * none waiting meets ERROR_PIPE_BUSY. And at least one handle stays open, because the
 * name goes with the last.
 */
final class WindowsListener implements TransportListener {

	private static final Log logger = LogFactory.getLog(WindowsListener.class);

	/** One event less than WaitForMultipleObjects takes, which is for waking up. */
	private static final int MOST_WAITING = Kernel32.MAXIMUM_WAIT_OBJECTS - 1;

	private static final int RETRY_MILLIS = 100;

	private final InstanceFactory instances;

	private final ListenOptions options;

	private final List<String> warnings;

	private final int pendingInstances;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private final List<PipeInstance> waiting = new ArrayList<>();

	private final long wakeUp;

	/** Instances handed out and not yet given back. */
	private int connected;

	/** The only handle, of no use to clients, while no instance can be created. */
	private @Nullable PipeInstance nameHolder;

	private boolean accepting;

	private boolean closed;

	private WindowsListener(InstanceFactory instances, ListenOptions options, List<String> warnings, PipeInstance first)
			throws TransportException {
		this.instances = instances;
		this.options = options;
		this.warnings = warnings;
		this.pendingInstances = Math.max(1, Math.min(options.pendingInstances(), MOST_WAITING));
		this.waiting.add(first);
		this.wakeUp = Kernel32.CreateEventW(Kernel32.NULL, false, false, Kernel32.NULL);
		Win32Error.check(this.wakeUp != Kernel32.NULL, "create an event");
	}

	/**
	 * Takes the name.
	 * @param instances creates the instances; it is closed if this fails
	 * @param options what is asked for
	 * @param warnings what an operator should know
	 * @return the listener
	 * @throws TransportException if the name cannot be had
	 */
	static WindowsListener open(InstanceFactory instances, ListenOptions options, List<String> warnings)
			throws TransportException {
		PipeInstance first = null;
		WindowsListener listener = null;
		boolean begun = false;
		try {
			first = instances.createFirst();
			PipeSecurity.checkFurtherInstances(first.pipe(), options.readable(), options.writable());
			listener = new WindowsListener(instances, options, warnings, first);
			listener.begin();
			begun = true;
			return listener;
		}
		finally {
			if (!begun) {
				undo(listener, first, instances);
			}
		}
	}

	private static void undo(@Nullable WindowsListener listener, @Nullable PipeInstance first,
			InstanceFactory instances) {
		if (listener != null) {
			listener.close();
			return;
		}
		if (first != null) {
			first.close();
		}
		instances.close();
	}

	private void begin() {
		this.waiting.forEach(this::beginConnect);
		TransportException failure = replenish();
		if (failure != null) {
			logger.debug("There are fewer waiting instances of " + address() + " than asked for", failure);
		}
	}

	@Override
	public String address() {
		return this.instances.address();
	}

	@Override
	public List<String> warnings() {
		return this.warnings;
	}

	@Override
	public TransportChannel accept() throws TransportException {
		while (true) {
			long[] events;
			int timeout;
			this.lock.lock();
			try {
				TransportException lacking = prepare();
				PipeInstance connected = takeConnected();
				if (connected != null) {
					return channel(connected);
				}
				events = events();
				timeout = (lacking != null) ? RETRY_MILLIS : Kernel32.INFINITE;
				this.accepting = true;
			}
			finally {
				this.lock.unlock();
			}
			await(events, timeout);
		}
	}

	private @Nullable TransportException prepare() throws TransportException {
		if (this.closed) {
			throw new TransportException(Reason.CLOSED, "The server of " + address() + " is closed");
		}
		TransportException failure = replenish();
		if (failure != null && this.waiting.isEmpty() && failure.getReason() != Reason.BUSY) {
			throw failure;
		}
		return failure;
	}

	private @Nullable TransportException replenish() {
		try {
			while (this.waiting.size() < target()) {
				addWaiting(this.instances.create());
			}
			releaseNameHolder();
			return null;
		}
		catch (TransportException ex) {
			return ex;
		}
	}

	private void addWaiting(PipeInstance instance) {
		boolean added = false;
		try {
			this.waiting.add(instance);
			added = true;
		}
		finally {
			if (!added) {
				instance.close();
			}
		}
		beginConnect(instance);
	}

	private void releaseNameHolder() {
		PipeInstance holder = this.nameHolder;
		if (holder != null && !this.waiting.isEmpty()) {
			this.nameHolder = null;
			holder.close();
		}
	}

	private int target() {
		int maximum = this.options.maxInstances();
		return (maximum < 0) ? this.pendingInstances : Math.min(this.pendingInstances, maximum - this.connected);
	}

	private @Nullable PipeInstance takeConnected() throws TransportException {
		PipeInstance connected = null;
		for (Iterator<PipeInstance> iterator = this.waiting.iterator(); iterator.hasNext() && connected == null;) {
			PipeInstance instance = iterator.next();
			if (connect(instance, iterator)) {
				connected = instance;
			}
		}
		if (connected != null) {
			take(connected);
		}
		return connected;
	}

	private boolean connect(PipeInstance instance, Iterator<PipeInstance> iterator) throws TransportException {
		try {
			return instance.connect();
		}
		catch (TransportException ex) {
			iterator.remove();
			replenish();
			retire(instance);
			throw ex;
		}
	}

	// the next one first: between the two there must be no moment without
	private void take(PipeInstance instance) {
		this.waiting.remove(instance);
		this.connected++;
		boolean taken = false;
		try {
			TransportException failure = replenish();
			if (failure != null) {
				logger.debug("No further instance of " + address() + " for now", failure);
			}
			taken = true;
		}
		finally {
			if (!taken) {
				// without memory, say: then nobody has it
				this.connected--;
				retire(instance);
			}
		}
	}

	private void beginConnect(PipeInstance instance) {
		try {
			instance.connect();
		}
		catch (TransportException ex) {
			// it fails again at the next accept, whose matter it is
			logger.debug("An instance of " + address() + " accepts no client", ex);
		}
	}

	private long[] events() {
		long[] events = new long[1 + this.waiting.size()];
		events[0] = this.wakeUp;
		for (int i = 0; i < this.waiting.size(); i++) {
			events[1 + i] = this.waiting.get(i).input().event();
		}
		return events;
	}

	private void await(long[] events, int timeout) throws TransportException {
		try {
			new InterruptibleCall(() -> Kernel32.SetEvent(this.wakeUp)).make(() -> {
				int result = Kernel32.WaitForMultipleObjects(events.length, events, false, timeout);
				Win32Error.check(result != Kernel32.WAIT_FAILED, "wait for a client");
				return result;
			}, "wait for a client");
		}
		finally {
			this.lock.lock();
			this.accepting = false;
			this.changed.signalAll();
			this.lock.unlock();
		}
	}

	private WindowsChannel channel(PipeInstance instance) {
		WindowsChannel channel = null;
		boolean identified = false;
		try {
			channel = new WindowsChannel(instance, WindowsChannel.Place.SERVER,
					this.options.message() ? PipeReadMode.MESSAGES : PipeReadMode.BYTES, GrantedAccess.FULL,
					this.options.maxMessageSize(), this::giveBack);
			channel.identify();
			identified = true;
			return channel;
		}
		finally {
			if (channel == null) {
				giveBack(instance);
			}
			else if (!identified) {
				channel.close();
			}
		}
	}

	/**
	 * Takes an instance back from its connection. It is closed and not used again: for
	 * that it would have to be disconnected, which takes from its client what it has not
	 * read.
	 */
	private void giveBack(PipeInstance instance) {
		this.lock.lock();
		try {
			this.connected--;
			if (this.closed) {
				instance.close();
				return;
			}
			try {
				replenish();
			}
			finally {
				retire(instance);
			}
			Kernel32.SetEvent(this.wakeUp);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Closes an instance unless its handle is the last. With the last the name would go,
	 * and the next instance could join the pipe of somebody who has taken it meanwhile.
	 */
	private void retire(PipeInstance instance) {
		if (this.connected > 0 || !this.waiting.isEmpty() || this.nameHolder != null) {
			instance.close();
		}
		else {
			instance.disconnect();
			this.nameHolder = instance;
		}
	}

	@Override
	public void close() {
		this.lock.lock();
		try {
			if (this.closed) {
				return;
			}
			this.closed = true;
			Kernel32.SetEvent(this.wakeUp);
			while (this.accepting) {
				this.changed.awaitUninterruptibly();
			}
			this.waiting.forEach(PipeInstance::close);
			this.waiting.clear();
			if (this.nameHolder != null) {
				this.nameHolder.close();
			}
			Kernel32.CloseHandle(this.wakeUp);
			this.instances.close();
		}
		finally {
			this.lock.unlock();
		}
	}

}
