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

import java.util.List;

/**
 * The rules for who may connect, in the terms of each platform. A transport requests the
 * form that it can enforce when it starts to listen. Names are resolved then, so that an
 * unknown principal stops the start.
 */
public interface AccessPolicy {

	/**
	 * The policy as a file mode (coarse) and a decision on credentials (fine).
	 * @param accounts the account database of this machine
	 * @return the policy for a POSIX system
	 * @throws TransportException with {@link TransportException.Reason#INVALID_ACCESS} if
	 * a principal is unknown or a rule cannot be enforced here
	 */
	PosixAccess posix(AccountDatabase accounts) throws TransportException;

	/**
	 * The policy as a security descriptor.
	 * @param accounts the account database of this machine
	 * @param rejectRemoteClients whether clients from the network are to be denied
	 * @return an SDDL string in which every principal is a SID or an SDDL alias
	 * @throws TransportException with {@link TransportException.Reason#INVALID_ACCESS} if
	 * a principal is unknown or the server's own account would be locked out
	 */
	String securityDescriptor(AccountDatabase accounts, boolean rejectRemoteClients) throws TransportException;

	/**
	 * What an operator should know about the security descriptor, to be logged once at
	 * start.
	 * @param accounts the account database of this machine
	 * @return the warnings, such as clients that may become servers of the name
	 */
	default List<String> securityDescriptorWarnings(AccountDatabase accounts) {
		return List.of();
	}

}
