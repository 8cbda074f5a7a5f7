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

package io.namedpipe.transport.unix.socket;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.unix.account.PosixAccounts;
import io.namedpipe.transport.unix.libc.LibC;
import io.namedpipe.transport.unix.libc.Wakeup;

/**
 * The credentials at the other end of a Unix socket, as the kernel noted them when it
 * connected or listened (unix(7), {@code SO_PEERCRED}). The JDK gives no process id and
 * no supplementary groups; for the latter there is {@link PeerGroups}.
 */
public final class UnixPeer {

	private UnixPeer() {
	}

	/**
	 * Whether the peer has closed its end. A peer that has only ended its output, as
	 * .NET's {@code PipeDirection.In} does at once, has not.
	 * @param socket the descriptor
	 * @return {@code true} if the peer has closed its end
	 */
	public static boolean hasLeft(int socket) {
		return (Wakeup.happened(socket, 0) & LibC.POLLHUP) != 0;
	}

	/**
	 * The failure of a write to a peer that has left or does not read.
	 */
	public static TransportException gone(Path path, PeerCredentials peer, @Nullable IOException cause) {
		return new TransportException(Reason.PEER_GONE, "The peer on " + path + " (" + peer.describe()
				+ ") has left, or does not read (its direction, or the rights of this user there)", cause);
	}

	static PeerCredentials of(SocketChannel channel) throws IOException {
		return of(channel, false);
	}

	/**
	 * The credentials at the other end.
	 * @param channel the channel, which nobody closes meanwhile
	 * @param withGroups whether supplementary groups are of interest
	 * @return the credentials
	 * @throws IOException if they cannot be read
	 */
	static PeerCredentials of(SocketChannel channel, boolean withGroups) throws IOException {
		return of(channel, withGroups, new ReentrantLock());
	}

	/**
	 * The credentials at the other end.
	 * @param channel the channel
	 * @param withGroups whether supplementary groups are of interest
	 * @param closing held by whoever closes the channel
	 * @return the credentials
	 * @throws IOException if they cannot be read
	 */
	static PeerCredentials of(SocketChannel channel, boolean withGroups, Lock closing) throws IOException {
		UnixDomainPrincipal principal = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
		PosixAccounts accounts = PosixAccounts.get();
		String userId = accounts.userId(principal.user());
		String groupId = accounts.groupId(principal.group());
		return new PeerCredentials(principal.user().getName(), userId, groupId,
				(withGroups) ? groups(channel, userId, groupId, closing) : null, OptionalLong.empty());
	}

	private static @Nullable List<String> groups(SocketChannel channel, @Nullable String userId,
			@Nullable String groupId, Lock closing) throws IOException {
		closing.lock();
		try {
			if (!channel.isOpen()) {
				throw new ClosedChannelException();
			}
			return PeerGroups.of(channel, userId, groupId);
		}
		finally {
			closing.unlock();
		}
	}

}
