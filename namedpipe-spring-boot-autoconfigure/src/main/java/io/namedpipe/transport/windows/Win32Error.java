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

import com.sun.jna.Native;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * The border at which an error code of Win32 becomes a {@link TransportException} or a
 * {@link Completion}. The codes are those of winerror.h.
 */
final class Win32Error {

	static final int ERROR_FILE_NOT_FOUND = 2;

	static final int ERROR_PATH_NOT_FOUND = 3;

	static final int ERROR_TOO_MANY_OPEN_FILES = 4;

	static final int ERROR_ACCESS_DENIED = 5;

	static final int ERROR_NOT_ENOUGH_MEMORY = 8;

	static final int ERROR_OUTOFMEMORY = 14;

	static final int ERROR_REM_NOT_LIST = 51;

	static final int ERROR_BAD_NETPATH = 53;

	static final int ERROR_NETWORK_BUSY = 54;

	static final int ERROR_UNEXP_NET_ERR = 59;

	static final int ERROR_NETNAME_DELETED = 64;

	static final int ERROR_BAD_NET_NAME = 67;

	static final int ERROR_INVALID_PARAMETER = 87;

	static final int ERROR_BROKEN_PIPE = 109;

	static final int ERROR_SEM_TIMEOUT = 121;

	static final int ERROR_INVALID_NAME = 123;

	static final int ERROR_BAD_PATHNAME = 161;

	static final int ERROR_BAD_EXE_FORMAT = 193;

	static final int ERROR_PIPE_BUSY = 231;

	static final int ERROR_NO_DATA = 232;

	static final int ERROR_PIPE_NOT_CONNECTED = 233;

	static final int ERROR_MORE_DATA = 234;

	static final int WAIT_TIMEOUT = 258;

	static final int ERROR_DIRECTORY = 267;

	static final int ERROR_PIPE_CONNECTED = 535;

	static final int ERROR_ELEVATION_REQUIRED = 740;

	static final int ERROR_OPERATION_ABORTED = 995;

	static final int ERROR_IO_INCOMPLETE = 996;

	static final int ERROR_IO_PENDING = 997;

	static final int ERROR_NO_TOKEN = 1008;

	static final int ERROR_CONNECTION_REFUSED = 1225;

	static final int ERROR_NETWORK_UNREACHABLE = 1231;

	static final int ERROR_HOST_UNREACHABLE = 1232;

	static final int ERROR_INVALID_OWNER = 1307;

	static final int ERROR_NO_LOGON_SERVERS = 1311;

	static final int ERROR_CANT_OPEN_ANONYMOUS = 1347;

	static final int ERROR_LOGON_FAILURE = 1326;

	static final int ERROR_NONE_MAPPED = 1332;

	static final int ERROR_INVALID_ACL = 1336;

	static final int ERROR_INVALID_SID = 1337;

	static final int ERROR_INVALID_SECURITY_DESCR = 1338;

	static final int ERROR_CANNOT_IMPERSONATE = 1368;

	static final int ERROR_NO_SYSTEM_RESOURCES = 1450;

	static final int ERROR_COMMITMENT_LIMIT = 1455;

	static final int ERROR_NOT_ENOUGH_QUOTA = 1816;

	private Win32Error() {
	}

	/**
	 * The error of the last call on this thread.
	 * @return the code
	 */
	static int last() {
		return Native.getLastError();
	}

	/**
	 * Checks what a call returned.
	 * @param succeeded what it returned
	 * @param doing what the call does, for the message
	 * @throws TransportException if it failed
	 */
	static void check(boolean succeeded, String doing) throws TransportException {
		if (!succeeded) {
			throw failure(doing, last());
		}
	}

	/**
	 * Maps the result of an operation with an OVERLAPPED structure to a completion.
	 * @param succeeded what the call returned
	 * @param doing what the call does, for the message
	 * @return how it went on
	 * @throws TransportException if it failed in a way that is no {@link Completion}
	 */
	static Completion completion(boolean succeeded, String doing) throws TransportException {
		return completion(succeeded ? 0 : last(), doing);
	}

	/**
	 * Maps the error of an operation to a completion.
	 * @param error the code, 0 if it succeeded
	 * @param doing what the call does, for the message
	 * @return how it went on
	 * @throws TransportException if it failed in a way that is no {@link Completion}
	 */
	static Completion completion(int error, String doing) throws TransportException {
		return switch (error) {
			case 0 -> Completion.DONE;
			case ERROR_IO_PENDING, ERROR_IO_INCOMPLETE, WAIT_TIMEOUT -> Completion.PENDING;
			case ERROR_MORE_DATA -> Completion.MORE_DATA;
			case ERROR_OPERATION_ABORTED -> Completion.CANCELLED;
			case ERROR_BROKEN_PIPE, ERROR_NO_DATA, ERROR_PIPE_NOT_CONNECTED, ERROR_NETNAME_DELETED ->
				Completion.PEER_GONE;
			default -> throw failure(doing, error);
		};
	}

	/**
	 * The exception for an error that has no special meaning where it occurred.
	 * @param doing what was tried, for the message
	 * @param error the code
	 * @return the exception
	 */
	static TransportException failure(String doing, int error) {
		return new TransportException(reason(error), "Cannot " + doing + ": " + describe(error));
	}

	static TransportException failure(Reason reason, String doing, int error) {
		return new TransportException(reason, "Cannot " + doing + ": " + describe(error));
	}

	private static Reason reason(int error) {
		return switch (error) {
			case ERROR_FILE_NOT_FOUND, ERROR_BAD_NETPATH, ERROR_BAD_NET_NAME, ERROR_REM_NOT_LIST, ERROR_SEM_TIMEOUT,
					ERROR_UNEXP_NET_ERR, ERROR_NETNAME_DELETED, ERROR_NETWORK_BUSY, ERROR_CONNECTION_REFUSED,
					ERROR_NETWORK_UNREACHABLE, ERROR_HOST_UNREACHABLE, ERROR_NO_LOGON_SERVERS ->
				Reason.NO_SERVER;
			case ERROR_PIPE_BUSY -> Reason.BUSY;
			case ERROR_ACCESS_DENIED, ERROR_LOGON_FAILURE, ERROR_CANNOT_IMPERSONATE, ERROR_CANT_OPEN_ANONYMOUS ->
				Reason.ACCESS_DENIED;
			case ERROR_INVALID_NAME, ERROR_BAD_PATHNAME -> Reason.INVALID_NAME;
			case ERROR_INVALID_OWNER, ERROR_INVALID_ACL, ERROR_INVALID_SID, ERROR_INVALID_SECURITY_DESCR ->
				Reason.INVALID_ACCESS;
			case ERROR_TOO_MANY_OPEN_FILES, ERROR_NOT_ENOUGH_MEMORY, ERROR_OUTOFMEMORY, ERROR_NO_SYSTEM_RESOURCES,
					ERROR_COMMITMENT_LIMIT, ERROR_NOT_ENOUGH_QUOTA ->
				Reason.RESOURCE_LIMIT;
			case ERROR_BROKEN_PIPE, ERROR_NO_DATA, ERROR_PIPE_NOT_CONNECTED -> Reason.PEER_GONE;
			default -> Reason.IO;
		};
	}

	private static String describe(int error) {
		return switch (error) {
			case ERROR_FILE_NOT_FOUND -> "there is no such pipe (ERROR_FILE_NOT_FOUND)";
			case ERROR_ACCESS_DENIED -> "access is denied (ERROR_ACCESS_DENIED)";
			case ERROR_BAD_NETPATH, ERROR_BAD_NET_NAME, ERROR_REM_NOT_LIST, ERROR_NETWORK_BUSY,
					ERROR_CONNECTION_REFUSED, ERROR_NETWORK_UNREACHABLE, ERROR_HOST_UNREACHABLE ->
				"the other machine is not reached (error " + error + ")";
			case ERROR_INVALID_PARAMETER -> "an argument is not accepted (ERROR_INVALID_PARAMETER)";
			case ERROR_INVALID_NAME, ERROR_BAD_PATHNAME -> "the name is not valid (error " + error + ")";
			case ERROR_PIPE_BUSY -> "all instances are busy (ERROR_PIPE_BUSY)";
			case ERROR_BROKEN_PIPE -> "the peer has left (ERROR_BROKEN_PIPE)";
			case ERROR_NO_DATA -> "the peer has left (ERROR_NO_DATA)";
			case ERROR_PIPE_NOT_CONNECTED -> "the server has disconnected the pipe (ERROR_PIPE_NOT_CONNECTED)";
			case ERROR_NO_LOGON_SERVERS -> "no domain controller answers (error " + error + ")";
			case ERROR_LOGON_FAILURE -> "the other machine does not accept this user (ERROR_LOGON_FAILURE)";
			case ERROR_INVALID_OWNER -> "this account may not give it that owner (ERROR_INVALID_OWNER)";
			case ERROR_CANNOT_IMPERSONATE -> "nothing was read from the client yet (ERROR_CANNOT_IMPERSONATE)";
			case ERROR_CANT_OPEN_ANONYMOUS -> "the client stays anonymous (ERROR_CANT_OPEN_ANONYMOUS)";
			case ERROR_NO_SYSTEM_RESOURCES, ERROR_NOT_ENOUGH_MEMORY, ERROR_OUTOFMEMORY, ERROR_COMMITMENT_LIMIT,
					ERROR_NOT_ENOUGH_QUOTA, ERROR_TOO_MANY_OPEN_FILES ->
				"a limit of the system is reached (error " + error + ")";
			default -> "Win32 error " + error;
		};
	}

}
