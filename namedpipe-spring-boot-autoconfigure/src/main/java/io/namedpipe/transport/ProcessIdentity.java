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

import java.util.concurrent.Callable;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The identity of this process, and the threads that have another one at the moment. Work
 * that belongs to the process rather than to a client (a connection that others will use
 * too, a thread that outlives the task) goes through this class: it runs on the calling
 * thread, or on another thread if the calling thread runs as a peer.
 */
public final class ProcessIdentity {

	private static final Log logger = LogFactory.getLog(ProcessIdentity.class);

	private static final ThreadLocal<@Nullable State> state = new ThreadLocal<>();

	private static final ProcessIdentityThreads ownThreads = new ProcessIdentityThreads();

	private ProcessIdentity() {
	}

	/**
	 * Runs a task in which the calling thread takes on the identity of a peer.
	 * @param task the task
	 * @param <T> the type of its result
	 * @return the result of the task
	 * @throws PeerIdentityError if the task throws it: the thread is lost from then on.
	 * Also if it was lost before; the task has not run then
	 * @throws Exception what the task throws
	 */
	public static <T extends @Nullable Object> T leaveFor(Callable<T> task) throws Exception {
		State before = state.get();
		if (before == State.LOST) {
			throw new PeerIdentityError(lost(), null);
		}
		if (before == State.AWAY) {
			// the transport refuses this, if it has to
			return task.call();
		}
		ownThreads.departs();
		state.set(State.AWAY);
		try {
			return task.call();
		}
		catch (PeerIdentityError ex) {
			state.set(State.LOST);
			throw ex;
		}
		finally {
			if (state.get() == State.AWAY) {
				state.remove();
				ownThreads.isBack();
			}
		}
	}

	/**
	 * The calling thread, which ran as a peer, could not be given its own identity back.
	 * @param message what failed
	 * @param cause why, or {@code null}
	 * @return the error, to be thrown
	 */
	public static PeerIdentityError lose(String message, @Nullable Throwable cause) {
		state.set(State.LOST);
		return new PeerIdentityError(message, cause);
	}

	/**
	 * Whether the calling thread ran as a peer and could not be given its own identity
	 * back. It must not run anything more.
	 * @return {@code true} from the {@link PeerIdentityError} on
	 */
	public static boolean isLost() {
		return state.get() == State.LOST;
	}

	private static String lost() {
		return "Thread " + Thread.currentThread().getName() + " still runs as a client, and must not run anything more";
	}

	/**
	 * Runs a task as this process: on the calling thread, or on another one while that
	 * runs as a peer. The caller waits; an interrupt is passed on to the task.
	 * @param task the task
	 * @param <T> the type of its result
	 * @param <E> the type of what it throws
	 * @return the result of the task
	 * @throws E what the task throws
	 */
	public static <T extends @Nullable Object, E extends Exception> T call(Task<T, E> task) throws E {
		if (state.get() == null) {
			return task.run();
		}
		DelegatedTask<T, E> errand = new DelegatedTask<>(task);
		ownThreads.execute(errand);
		return errand.await();
	}

	/**
	 * Runs a task as this process: on the calling thread, or on another one while that
	 * runs as a peer. The caller does not wait for the other one.
	 * @param task the task, which handles its own failures
	 */
	public static void execute(Runnable task) {
		if (state.get() == null) {
			task.run();
			return;
		}
		handOver(task);
	}

	/**
	 * Runs a task on the calling thread unless that is {@linkplain #isLost() lost}, and
	 * on another one then, which the caller does not wait for.
	 * @param task the task, which handles its own failures
	 */
	public static void executeUnlessLost(Runnable task) {
		if (isLost()) {
			handOver(task);
		}
		else {
			task.run();
		}
	}

	/**
	 * Runs a task as this process: on the calling thread, or on another one while that
	 * runs as a peer. The caller waits, unless its thread is {@linkplain #isLost() lost}.
	 * @param task the task
	 */
	public static void run(Runnable task) {
		if (isLost()) {
			handOver(task);
			return;
		}
		ProcessIdentity.<@Nullable Void, RuntimeException>call(() -> {
			task.run();
			return null;
		});
	}

	private static void handOver(Runnable task) {
		ownThreads.execute(new DelegatedTask<@Nullable Void, RuntimeException>(() -> {
			try {
				task.run();
			}
			catch (RuntimeException | Error ex) {
				logger.error("A task failed that was handed over by a thread that runs as a client", ex);
			}
			return null;
		}));
	}

	/**
	 * A task.
	 *
	 * @param <T> the type of the result
	 * @param <E> the type of what it throws
	 */
	@FunctionalInterface
	public interface Task<T extends @Nullable Object, E extends Exception> {

		/**
		 * Runs the task.
		 * @return the result
		 * @throws E if that fails
		 */
		T run() throws E;

	}

	private enum State {

		/** Runs as a peer. */
		AWAY,

		/** Runs as a peer, and cannot be brought back. */
		LOST

	}

}
