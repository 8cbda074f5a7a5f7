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

import java.util.concurrent.Callable;

import com.sun.jna.Memory;
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.PeerIdentityError;
import io.namedpipe.transport.ProcessIdentity;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * Takes on the identity of a client, on one thread. Windows lets a server do that as soon
 * as the client is connected, or once something was read from it where the client asks
 * for dynamic tracking; what the server may do with the identity is the client's choice.
 */
final class ClientIdentity {

	private ClientIdentity() {
	}

	/**
	 * The token of the client. The calling thread has the client's identity for as long
	 * as three system calls take: no Java code runs with it.
	 * @param pipe the server's end
	 * @return the token, to be closed
	 * @throws TransportException if it is not available yet, or the client is anonymous
	 * @throws PeerIdentityError if the calling thread may still run as the client and has
	 * to end
	 */
	static long openToken(long pipe) throws TransportException {
		long[] token = new long[1];
		int error = 0;
		boolean impersonated = Advapi32.ImpersonateNamedPipeClient(pipe);
		boolean opened = impersonated && Tokens.openThreadToken(token);
		if (!opened) {
			error = Win32Error.last();
		}
		if (impersonated) {
			revert(null);
		}
		if (!opened) {
			throw Win32Error.failure("ask who the client is", error);
		}
		return token[0];
	}

	/**
	 * Runs a task as the client, on the calling platform thread.
	 * <ul>
	 * <li>The identity belongs to the thread. A thread or process that the task starts
	 * runs as the server.</li>
	 * <li>A class that cannot be loaded as the client is lost for good: load it
	 * before.</li>
	 * </ul>
	 * @param handle the server's end
	 * @param task the task
	 * @param <T> the type of its result
	 * @return its result
	 * @throws TransportException if the task cannot run as the client, and has not run
	 * @throws PeerIdentityError if the calling thread may still run as the client and has
	 * to end
	 * @throws Exception what the task throws
	 */
	static <T extends @Nullable Object> T run(PipeHandle handle, Callable<T> task) throws Exception {
		if (isVirtual(Thread.currentThread())) {
			throw new TransportException(Reason.UNSUPPORTED,
					"Cannot run as the client on a virtual thread, whose identity would leak to others: use platform"
							+ " threads for this pipe");
		}
		if (Tokens.isImpersonating()) {
			throw new TransportException(Reason.UNSUPPORTED, "This thread runs as a client already");
		}
		checkLevel(handle);
		impersonate(handle);
		Throwable failure = null;
		try {
			return task.call();
		}
		catch (Throwable ex) {
			failure = ex;
			throw ex;
		}
		finally {
			revert(failure);
		}
	}

	// Thread.isVirtual() came with Java 21, and documents this name of the thread group
	private static boolean isVirtual(Thread thread) {
		ThreadGroup group = thread.getThreadGroup();
		return group != null && group.getName().equals("VirtualThreads");
	}

	private static void impersonate(PipeHandle handle) throws TransportException {
		long pipe = handle.enter();
		try {
			Win32Error.check(Advapi32.ImpersonateNamedPipeClient(pipe), "impersonate the client");
		}
		finally {
			handle.leave();
		}
	}

	/** Impersonating succeeds with a token that is good for questions only. */
	private static void checkLevel(PipeHandle handle) throws TransportException {
		long pipe = handle.enter();
		try {
			long token = openToken(pipe);
			try (Memory level = Tokens.information(token, Advapi32.TOKEN_IMPERSONATION_LEVEL)) {
				checkLevel(level.getInt(0));
			}
			finally {
				Kernel32.CloseHandle(token);
			}
		}
		finally {
			handle.leave();
		}
	}

	static void checkLevel(int level) throws TransportException {
		if (level < Advapi32.SECURITY_IMPERSONATION) {
			throw new TransportException(Reason.ACCESS_DENIED,
					"Cannot run as the client: it lets the server identify it and no more (impersonation-level of the"
							+ " client), or the server's account lacks SeImpersonatePrivilege");
		}
	}

	private static void revert(@Nullable Throwable failure) {
		if (!Advapi32.RevertToSelf()) {
			throw ProcessIdentity.lose("Thread " + Thread.currentThread().getName()
					+ " may still run as a client and has to end: RevertToSelf failed with Win32 error "
					+ Win32Error.last(), failure);
		}
	}

}
