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

import com.sun.jna.Memory;
import com.sun.jna.Pointer;

import io.namedpipe.transport.TransportException;

/**
 * Access tokens, which say who a process or an impersonating thread is.
 */
final class Tokens {

	/** Larger than any structure of this class: a SID has 68 bytes at most. */
	private static final int INFORMATION_SIZE = 256;

	private Tokens() {
	}

	/**
	 * The SID of the user of this process.
	 * @return the SID
	 * @throws TransportException if the kernel refuses
	 */
	static String currentUser() throws TransportException {
		return current(Advapi32.TOKEN_USER);
	}

	/**
	 * The SID that owns what this process creates: its user, or the administrators where
	 * it runs elevated.
	 * @return the SID
	 * @throws TransportException if the kernel refuses
	 */
	static String currentOwner() throws TransportException {
		return current(Advapi32.TOKEN_OWNER);
	}

	private static String current(int informationClass) throws TransportException {
		long token = openProcessToken(Advapi32.TOKEN_QUERY);
		try (Memory information = information(token, informationClass)) {
			return text(information.getLong(0));
		}
		finally {
			Kernel32.CloseHandle(token);
		}
	}

	/**
	 * A token of this process as AccessCheck takes it.
	 * @return the token, to be closed
	 * @throws TransportException if the kernel does not give it
	 */
	static long openForAccessCheck() throws TransportException {
		long token = openProcessToken(Advapi32.TOKEN_QUERY | Advapi32.TOKEN_DUPLICATE);
		try {
			long[] duplicate = new long[1];
			Win32Error.check(Advapi32.DuplicateToken(token, Advapi32.SECURITY_IDENTIFICATION, duplicate),
					"duplicate the token of this process");
			return duplicate[0];
		}
		finally {
			Kernel32.CloseHandle(token);
		}
	}

	private static long openProcessToken(int access) throws TransportException {
		long[] token = new long[1];
		Win32Error.check(Advapi32.OpenProcessToken(Kernel32.CURRENT_PROCESS, access, token),
				"open the token of this process");
		return token[0];
	}

	/**
	 * The token that the calling thread impersonates with, to ask it. Neither allocates
	 * nor throws: it is called with the identity of somebody else.
	 * @param token receives the token, to be closed
	 * @return whether there is one, which is not an anonymous one; otherwise
	 * {@link Win32Error#last()} says why
	 */
	static boolean openThreadToken(long[] token) {
		int access = Advapi32.TOKEN_QUERY | Advapi32.TOKEN_DUPLICATE;
		// who owns the token decides who may open it: this process, or the client itself
		return Advapi32.OpenThreadToken(Kernel32.CURRENT_THREAD, access, true, token)
				|| Advapi32.OpenThreadToken(Kernel32.CURRENT_THREAD, access, false, token);
	}

	/**
	 * Whether the calling thread runs as somebody else.
	 * @return {@code true} if it does, be it anonymously
	 */
	static boolean isImpersonating() {
		long[] token = new long[1];
		if (Advapi32.OpenThreadToken(Kernel32.CURRENT_THREAD, Advapi32.TOKEN_QUERY, true, token)) {
			Kernel32.CloseHandle(token[0]);
			return true;
		}
		return Win32Error.last() != Win32Error.ERROR_NO_TOKEN;
	}

	/**
	 * Asks a token.
	 * @param token the token
	 * @param informationClass what to ask
	 * @return the answer; a TOKEN_USER and a TOKEN_OWNER begin with the address of a SID
	 * @throws TransportException if the kernel refuses
	 */
	static Memory information(long token, int informationClass) throws TransportException {
		Memory information = new Memory(INFORMATION_SIZE);
		if (!Advapi32.GetTokenInformation(token, informationClass, Pointer.nativeValue(information), INFORMATION_SIZE,
				new int[1])) {
			TransportException failure = Win32Error.failure("read a token", Win32Error.last());
			information.close();
			throw failure;
		}
		return information;
	}

	/**
	 * A SID in the words of the kernel.
	 * @param text a SID in any of the ways in which it can be written
	 * @return the one in which {@link #text} writes it
	 * @throws TransportException if it is not a SID
	 */
	static String canonical(String text) throws TransportException {
		long[] sid = new long[1];
		Win32Error.check(Advapi32.ConvertStringSidToSidW(WideString.encode(text), sid), "read the SID " + text);
		try {
			return text(sid[0]);
		}
		finally {
			Kernel32.LocalFree(sid[0]);
		}
	}

	/**
	 * A SID in words.
	 * @param sid address of the SID
	 * @return for example {@code S-1-5-18}
	 * @throws TransportException if it is not a SID
	 */
	static String text(long sid) throws TransportException {
		long[] text = new long[1];
		Win32Error.check(Advapi32.ConvertSidToStringSidW(sid, text), "read a SID");
		return WideString.takeLocal(text[0]);
	}

}
