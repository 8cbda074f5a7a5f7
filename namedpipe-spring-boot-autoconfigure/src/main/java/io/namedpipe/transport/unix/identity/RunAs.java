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

package io.namedpipe.transport.unix.identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.AccountDatabase;
import io.namedpipe.transport.Capability;
import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.PeerIdentityError;
import io.namedpipe.transport.ProcessIdentity;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.unix.account.PosixAccounts;
import io.namedpipe.transport.unix.identity.ThreadIdentity.Scratch;

/**
 * Runs a task as another user, on Linux and as root: effective uid, gid and groups of the
 * calling platform thread become those of the user and are given back on every path.
 * <p>
 * What holds for the task:
 * <ul>
 * <li>The identity belongs to the thread. What the task hands to another thread runs as
 * the server.</li>
 * <li>A thread keeps for ever the identity under which it was started, so none may be
 * created meanwhile: the attempt fails with an {@link IllegalStateException}. That goes
 * for virtual threads too, which would run as the server. A pool that hides that it
 * creates one (the common pool since Java 19) is found out afterwards and logged as an
 * error.</li>
 * <li>The real user stays root, so that the peer cannot send signals to the thread. A
 * child process could make itself root again by that: start none.</li>
 * <li>Open the file to find out whether the peer may read it: {@code Files.isReadable}
 * and its likes ask for the real user.</li>
 * <li>A class that cannot be loaded as the peer is lost for good: load it before.</li>
 * </ul>
 */
public final class RunAs {

	private static final Log logger = LogFactory.getLog(RunAs.class);

	private static final AtomicBoolean warnedOfGroups = new AtomicBoolean();

	private static final IdentityLeakDetector strayThreads = new IdentityLeakDetector();

	private static final ThreadLocal<Boolean> running = new NoNewThreads();

	private static final @Nullable String obstacle = findObstacle();

	private RunAs() {
	}

	/**
	 * Why this process cannot run anything as another user.
	 * @return the reason, or empty if it can
	 */
	public static Optional<String> obstacle() {
		return Optional.ofNullable(obstacle);
	}

	/**
	 * The capabilities of a transport, with this one where it is there.
	 * @param capabilities the others
	 * @return all of them
	 */
	public static Set<Capability> addTo(Set<Capability> capabilities) {
		if (obstacle != null) {
			return capabilities;
		}
		Set<Capability> all = EnumSet.copyOf(capabilities);
		all.add(Capability.RUN_AS_CLIENT);
		return Collections.unmodifiableSet(all);
	}

	private static @Nullable String findObstacle() {
		if (!System.getProperty("os.name").equals("Linux")) {
			return "running as the client is for Linux and Windows";
		}
		try {
			String missing = ThreadIdentity.obstacle();
			if (missing == null) {
				rehearse();
			}
			return missing;
		}
		catch (LinkageError ex) {
			return "running as the client needs net.java.dev.jna:jna on the class path";
		}
		catch (IOException ex) {
			return "this process may not change its identity: " + ex.getMessage();
		}
	}

	// run everything once as root, so that every class is
	// loaded before the identity changes
	private static void rehearse() throws IOException {
		ThreadIdentity own = ThreadIdentity.current();
		ThreadIdentity other = own.asPeer("0", "0", Set.of("0"));
		try (Scratch scratch = own.scratch(other)) {
			try {
				other.assume(scratch);
			}
			finally {
				own.assume(scratch);
			}
		}
	}

	/**
	 * Runs a task as a peer, with the groups that the kernel reported for it, or else
	 * those of the account database.
	 * @param peer the peer
	 * @param accounts the account database
	 * @param task the task
	 * @param <T> the type of its result
	 * @return the result of the task
	 * @throws TransportException if the task cannot run as the peer, and has not run
	 * @throws PeerIdentityError if the calling thread still runs as the peer and has to
	 * end
	 * @throws Exception what the task throws
	 */
	public static <T extends @Nullable Object> T runAs(PeerCredentials peer, AccountDatabase accounts, Callable<T> task)
			throws Exception {
		String userId = peer.userId();
		String groupId = peer.groupId();
		if (userId == null || groupId == null) {
			throw denied("who it is is not known", null);
		}
		return runAs(userId, groupId, groupsOf(userId, groupId, peer, accounts), task);
	}

	private static Set<String> groupsOf(String userId, String groupId, PeerCredentials peer, AccountDatabase accounts)
			throws TransportException {
		Set<String> groups = new TreeSet<>();
		if (peer.groupIds() != null) {
			groups.addAll(peer.groupIds());
			return groups;
		}
		if (!warnedOfGroups.getAndSet(true)) {
			logger
				.warn("The groups of a client's process cannot be asked for here, so running as a client takes those that"
						+ " the account database has for its user: a process that has dropped its groups, or runs in a container,"
						+ " gets more than it has. Where it matters, use transmission-mode: message");
		}
		try {
			groups.addAll(accounts.groupIdsOf(userId));
			groups.add(groupId);
			return groups;
		}
		catch (UncheckedIOException ex) {
			throw denied("its groups are not known", ex);
		}
	}

	/**
	 * Runs a task as a user.
	 * @param userId the uid in decimal digits
	 * @param groupId the gid in decimal digits
	 * @param groupIds the supplementary groups in decimal digits
	 * @param task the task
	 * @param <T> the type of its result
	 * @return the result of the task
	 * @throws TransportException if the task cannot run as the user, and has not run
	 * @throws PeerIdentityError if the calling thread still runs as the user and has to
	 * end
	 * @throws Exception what the task throws
	 */
	static <T extends @Nullable Object> T runAs(String userId, String groupId, Set<String> groupIds, Callable<T> task)
			throws Exception {
		if (obstacle != null) {
			throw new TransportException(Reason.UNSUPPORTED, "Cannot run as the client: " + obstacle);
		}
		if (isVirtual(Thread.currentThread())) {
			throw new TransportException(Reason.UNSUPPORTED,
					"Cannot run as the client on a virtual thread, whose identity would leak to others: use platform"
							+ " threads for this pipe");
		}
		if (running.get() != null) {
			throw new TransportException(Reason.UNSUPPORTED, "This thread runs as a client already");
		}
		ThreadIdentity own = own();
		ThreadIdentity peer = asPeer(own, userId, groupId, groupIds);
		try (Scratch scratch = own.scratch(peer)) {
			return runAs(own, peer, scratch, task);
		}
	}

	private static <T extends @Nullable Object> T runAs(ThreadIdentity own, ThreadIdentity peer, Scratch scratch,
			Callable<T> task) throws Exception {
		Throwable failure = null;
		long threadId = ThreadIdentity.threadId();
		strayThreads.expect(threadId);
		running.set(true);
		try {
			assume(peer, scratch);
			return task.call();
		}
		catch (Throwable ex) {
			failure = ex;
			throw ex;
		}
		finally {
			revert(own, peer, scratch, failure);
			// not reached if that failed: the thread is lost then
			running.remove();
			strayThreads.restored();
		}
	}

	private static ThreadIdentity own() throws TransportException {
		try {
			ThreadIdentity own = ThreadIdentity.current();
			if (!own.isRoot()) {
				throw new TransportException(Reason.UNSUPPORTED, "This thread runs as another user already");
			}
			return own;
		}
		catch (TransportException ex) {
			throw ex;
		}
		catch (IOException ex) {
			throw denied(ex.getMessage(), ex);
		}
	}

	private static ThreadIdentity asPeer(ThreadIdentity own, String userId, String groupId, Set<String> groupIds)
			throws TransportException {
		try {
			if (userId.equals(PosixAccounts.UNMAPPED)) {
				throw denied("the kernel has no number for it here (65534)", null);
			}
			if (groupId.equals(PosixAccounts.UNMAPPED) || groupIds.contains(PosixAccounts.UNMAPPED)) {
				throw denied("the kernel has no number for a group of it here (65534)", null);
			}
			return own.asPeer(userId, groupId, groupIds);
		}
		catch (IllegalArgumentException ex) {
			throw denied(ex.getMessage(), ex);
		}
	}

	private static void assume(ThreadIdentity peer, Scratch scratch) throws TransportException {
		try {
			peer.assume(scratch);
		}
		catch (IOException ex) {
			throw denied(ex.getMessage(), ex);
		}
	}

	private static void revert(ThreadIdentity own, ThreadIdentity peer, Scratch scratch, @Nullable Throwable failure) {
		try {
			own.assume(scratch);
		}
		catch (IOException | RuntimeException | Error ex) {
			if (failure != null) {
				ex.addSuppressed(failure);
			}
			throw ProcessIdentity.lose(
					"Thread " + Thread.currentThread().getName() + " may still run as " + peer + " and has to end", ex);
		}
	}

	private static TransportException denied(@Nullable String reason, @Nullable Throwable cause) {
		return new TransportException(Reason.ACCESS_DENIED, "Cannot run as the client: " + reason, cause);
	}

	// Thread.isVirtual() came with Java 21, and documents this name of the thread group
	private static boolean isVirtual(Thread thread) {
		ThreadGroup group = thread.getThreadGroup();
		return group != null && group.getName().equals("VirtualThreads");
	}

	/**
	 * Set while a thread runs as somebody else. The constructor of a thread asks the
	 * creating one for values to inherit, which is where it fails.
	 */
	private static final class NoNewThreads extends InheritableThreadLocal<Boolean> {

		@Override
		protected Boolean childValue(Boolean parentValue) {
			throw new IllegalStateException("A thread must not be created while running as a client: it would keep"
					+ " the client's identity for ever. Create it before, or hand the work to a thread that is there");
		}

	}

}
