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
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.unix.libc.ChannelDescriptor;
import io.namedpipe.transport.unix.libc.Errno;
import io.namedpipe.transport.unix.libc.LibC;
import io.namedpipe.transport.unix.libc.NativeLinux;

/**
 * The supplementary groups that the process at the other end of a socket had when it
 * connected ({@code SO_PEERGROUPS} of Linux): those of the process, whatever the account
 * database has for its user.
 */
public final class PeerGroups {

	private static final int FIRST_GROUPS = 64;

	private static final int SIZE_OF_UCRED = 12;

	private PeerGroups() {
	}

	/**
	 * Whether the groups of the peers of channels of the JDK can be asked for here.
	 * @return {@code true} if they can
	 */
	static boolean areKnownOfChannels() {
		return OfChannels.descriptors != null;
	}

	/**
	 * The groups of the peer of a socket.
	 * @param socket the descriptor
	 * @return the gids in decimal digits, or {@code null} where the kernel does not
	 * report them
	 */
	public static @Nullable List<String> of(int socket) {
		int[] length = { FIRST_GROUPS * Integer.BYTES };
		int[] groups = new int[FIRST_GROUPS];
		int result = LibC.getsockopt(socket, LibC.SOL_SOCKET, LibC.SO_PEERGROUPS, groups, length);
		if (result < 0 && Errno.last() == Errno.ERANGE) {
			groups = new int[length[0] / Integer.BYTES];
			result = LibC.getsockopt(socket, LibC.SOL_SOCKET, LibC.SO_PEERGROUPS, groups, length);
		}
		if (result < 0) {
			return null; // before Linux 4.13
		}
		List<String> ids = new ArrayList<>();
		for (int i = 0; i < length[0] / Integer.BYTES; i++) {
			ids.add(Integer.toUnsignedString(groups[i]));
		}
		return ids;
	}

	/**
	 * The groups of the peer of a channel that nobody closes meanwhile. Asks for user and
	 * group, too: if the descriptor were not that of the channel, they would differ from
	 * what the JDK reports.
	 * @param channel the channel
	 * @param userId the uid of the peer by the JDK
	 * @param groupId its gid by the JDK
	 * @return the gids in decimal digits, or {@code null} where the kernel does not
	 * report them
	 * @throws TransportException if the answers do not belong together
	 */
	static @Nullable List<String> of(SocketChannel channel, @Nullable String userId, @Nullable String groupId)
			throws TransportException {
		ChannelDescriptor descriptors = OfChannels.descriptors;
		if (descriptors == null || userId == null || groupId == null) {
			return null;
		}
		int socket = descriptors.of(channel);
		int[] credentials = new int[SIZE_OF_UCRED / Integer.BYTES];
		Errno.checked("read the credentials of the peer", () -> LibC.getsockopt(socket, LibC.SOL_SOCKET,
				LibC.SO_PEERCRED, credentials, new int[] { SIZE_OF_UCRED }));
		if (!userId.equals(Integer.toUnsignedString(credentials[1]))
				|| !groupId.equals(Integer.toUnsignedString(credentials[2]))) {
			throw new TransportException(Reason.IO, "The peer is user " + userId + " in one answer of the system and "
					+ Integer.toUnsignedString(credentials[1]) + " in another one");
		}
		return of(socket);
	}

	/**
	 * The descriptor of a channel, which may be closed meanwhile: only for what does no
	 * harm to another one that has got its number.
	 * @param channel the channel
	 * @return the descriptor, or empty where it cannot be had or the channel is closed
	 */
	static OptionalInt descriptorOf(SocketChannel channel) {
		ChannelDescriptor descriptors = OfChannels.descriptors;
		return (descriptors != null && channel.isOpen()) ? OptionalInt.of(descriptors.of(channel))
				: OptionalInt.empty();
	}

	private static final class OfChannels {

		static final @Nullable ChannelDescriptor descriptors = find();

		private static @Nullable ChannelDescriptor find() {
			if (!NativeLinux.isAvailable()) {
				return null;
			}
			try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
				ChannelDescriptor found = ChannelDescriptor.in(channel.getClass());
				return (found != null && isAnswered(found.of(channel))) ? found : null;
			}
			catch (IOException | RuntimeException | LinkageError ex) {
				return null;
			}
		}

		// a socket without a peer has no groups, which a kernel with this option reports
		private static boolean isAnswered(int socket) {
			return of(socket) != null || Errno.last() == Errno.ENODATA;
		}

	}

}
