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

import java.io.FileInputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.unix.libc.ChannelDescriptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link PeerGroups} and {@link ChannelDescriptor}. The peer is this process.
 */
@EnabledOnOs(OS.LINUX)
class PeerGroupsTests {

	@TempDir
	private Path folder;

	@Test
	void whenAChannelIsOpenThenItsDescriptorIsFound() throws Exception {
		try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			ChannelDescriptor descriptors = ChannelDescriptor.in(channel.getClass());

			assertThat(descriptors).isNotNull();
			int descriptor = descriptors.of(channel);
			assertThat(descriptor(descriptor)).startsWith("socket:");
			channel.close();
			assertThat(Path.of("/proc/self/fd/" + descriptor)).doesNotExist();
		}
	}

	@Test
	void whenAClassHasNoDescriptorThenNoneIsRead() throws Exception {
		assertThat(ChannelDescriptor.in(FileInputStream.class)).isNull();
		assertThat(ChannelDescriptor.in(OfAnotherType.class)).isNull();
		try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			ChannelDescriptor descriptors = ChannelDescriptor.in(channel.getClass());

			assertThatIllegalArgumentException().isThrownBy(() -> descriptors.of("no channel"));
		}
	}

	@Test
	void whenThePeerIsThisProcessThenItsGroupsAreThose() throws Exception {
		assertThat(PeerGroups.areKnownOfChannels()).isTrue();
		try (ServerSocketChannel server = server();
				SocketChannel client = SocketChannel.open(server.getLocalAddress());
				SocketChannel accepted = server.accept()) {
			assertThat(UnixPeer.of(accepted, true).groupIds()).containsExactlyInAnyOrderElementsOf(ownGroups());
			assertThat(UnixPeer.of(client, true).groupIds()).containsExactlyInAnyOrderElementsOf(ownGroups());
			assertThat(UnixPeer.of(accepted).groupIds()).isNull();
		}
	}

	@Test
	void whenTheAnswersContradictEachOtherThenThePeerIsRefused() throws Exception {
		try (ServerSocketChannel server = server();
				SocketChannel client = SocketChannel.open(server.getLocalAddress());
				SocketChannel accepted = server.accept()) {
			String user = UnixPeer.of(accepted).userId();
			String group = UnixPeer.of(accepted).groupId();

			assertThatExceptionOfType(TransportException.class)
				.isThrownBy(() -> PeerGroups.of(accepted, "4242", group));
			assertThatExceptionOfType(TransportException.class).isThrownBy(() -> PeerGroups.of(accepted, user, "4242"));
			assertThat(PeerGroups.of(accepted, null, group)).isNull();
			assertThat(client.isOpen()).isTrue();
		}
	}

	private ServerSocketChannel server() throws IOException {
		return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
			.bind(UnixDomainSocketAddress.of(this.folder.resolve("pipe")));
	}

	private static List<String> ownGroups() throws IOException {
		String status = Files.readString(Path.of("/proc/self/status"));
		String groups = status.replaceAll("(?s).*\nGroups:\\s*([0-9 ]*?) *\n.*", "$1");
		return groups.isEmpty() ? List.of() : List.of(groups.split(" "));
	}

	private static String descriptor(int descriptor) throws IOException {
		return Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
	}

	private static final class OfAnotherType {

		@SuppressWarnings("unused")
		private final long fdVal = 3;

	}

}
