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

import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

import com.sun.jna.Memory;
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * Takes on the identity of a client, on one thread. Windows lets a server do that once it
 * has read from the client; what it may do with the identity is the client's choice.
 */
final class ClientIdentity {

	private ClientIdentity() {
	}

	/**
	 * Asks who the client is.
	 * @param pipe the server's end, which something was read from
	 * @param processId the client's process
	 * @return the credentials
	 * @throws TransportException if the client stays anonymous
	 */
	static PeerCredentials identify(long pipe, OptionalLong processId) throws TransportException {
		try (Memory user = userOfClient(pipe)) {
			String sid = Tokens.text(user.getLong(0));
			return new PeerCredentials(WindowsAccounts.nameOf(user.getLong(0), sid), sid, null, null, processId);
		}
	}

	private static Memory userOfClient(long pipe) throws TransportException {
		impersonate(pipe);
		try {
			long token = Tokens.openThreadToken();
			try {
				return Tokens.information(token, Advapi32.TOKEN_USER);
			}
			finally {
				Kernel32.CloseHandle(token);
			}
		}
		finally {
			revert();
		}
	}

	/**
	 * Runs a task as the client, on a thread of its own, which ends then: whatever goes
	 * wrong, no other work is done under a wrong identity.
	 * @param handle the server's end, which something was read from
	 * @param task the task
	 * @param <T> the type of its result
	 * @return its result
	 * @throws Exception what the task throws, or a {@link TransportException} if it has
	 * not run
	 */
	static <T extends @Nullable Object> T run(PipeHandle handle, Callable<T> task) throws Exception {
		FutureTask<T> work = new FutureTask<>(() -> runHere(handle, task));
		Thread thread = new Thread(work, Thread.currentThread().getName() + "-as-client");
		thread.setDaemon(true);
		thread.start();
		try {
			return await(work, thread);
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof Error error) {
				throw error;
			}
			throw (ex.getCause() instanceof Exception cause) ? cause : ex;
		}
	}

	static <T extends @Nullable Object> T runHere(PipeHandle handle, Callable<T> task) throws Exception {
		impersonate(handle);
		try {
			return task.call();
		}
		finally {
			revert();
		}
	}

	private static <T extends @Nullable Object> T await(FutureTask<T> work, Thread thread) throws ExecutionException {
		boolean interrupted = false;
		try {
			while (true) {
				try {
					return work.get();
				}
				catch (InterruptedException ex) {
					interrupted = true;
					thread.interrupt();
				}
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private static void impersonate(PipeHandle handle) throws TransportException {
		long pipe = handle.enter();
		try {
			impersonate(pipe);
		}
		finally {
			handle.leave();
		}
		try {
			checkLevel();
		}
		catch (TransportException ex) {
			revert();
			throw ex;
		}
	}

	private static void impersonate(long pipe) throws TransportException {
		Win32Error.check(Advapi32.ImpersonateNamedPipeClient(pipe), "impersonate the client");
	}

	/** Impersonating succeeds with a token that is good for questions only. */
	private static void checkLevel() throws TransportException {
		long token = Tokens.openThreadToken();
		try (Memory level = Tokens.information(token, Advapi32.TOKEN_IMPERSONATION_LEVEL)) {
			checkLevel(level.getInt(0));
		}
		finally {
			Kernel32.CloseHandle(token);
		}
	}

	static void checkLevel(int level) throws TransportException {
		if (level < Advapi32.SECURITY_IMPERSONATION) {
			throw new TransportException(Reason.ACCESS_DENIED,
					"Cannot run as the client: it lets the server identify it and no more (impersonation-level of the"
							+ " client), or the server's account lacks SeImpersonatePrivilege");
		}
	}

	private static void revert() {
		if (!Advapi32.RevertToSelf()) {
			throw new IllegalStateException("Cannot revert to the server's own identity: " + Win32Error.last()
					+ ". This thread must not be used any longer");
		}
	}

}
