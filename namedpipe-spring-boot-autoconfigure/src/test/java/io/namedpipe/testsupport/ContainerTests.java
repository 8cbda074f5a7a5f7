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

package io.namedpipe.testsupport;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.github.dockerjava.api.model.Bind;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Shows that containers work where they are said to: no image is pulled, a folder is
 * shared, and the kernel tells who the peer is.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the containers are of Linux")
@RequiresDocker
@RequiresCommand(value = "gcc", partOf = Requirement.DOCKER)
class ContainerTests {

	@Test
	void whenAProgramInAContainerConnectsThenItsUserIsKnown(@TempDir Path folder) throws Exception {
		Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
		StaticProgram program = StaticProgram.compile(Path.of(getClass().getResource("hello.c").toURI()), folder);
		UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
		try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
				GenericContainer<?> container = new GenericContainer<>(program.image())) {
			server.bind(address);
			Files.setPosixFilePermissions(address.getPath(), PosixFilePermissions.fromString("rw-rw-rw-"));
			CompletableFuture<String> peer = CompletableFuture.supplyAsync(() -> accept(server),
					new NewThreadExecutor());

			container.withCommand("/pipes/s", "hello")
				.withNetworkMode("none")
				.withStartupCheckStrategy(new OneShotStartupCheckStrategy().withTimeout(Duration.ofSeconds(60)))
				.withCreateContainerCmdModifier((command) -> {
					command.withUser("1234:4321");
					command.getHostConfig().withBinds(Bind.parse(folder + ":/pipes"));
				})
				.start();

			assertThat(peer.get(10, TimeUnit.SECONDS)).isEqualTo("hello from 1234:4321");
		}
	}

	private String accept(ServerSocketChannel server) {
		try (SocketChannel channel = server.accept()) {
			ByteBuffer buffer = ByteBuffer.allocate(5);
			while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
				continue;
			}
			var credentials = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
			return new String(buffer.array()) + " from " + credentials.user().getName() + ":"
					+ credentials.group().getName();
		}
		catch (Exception ex) {
			return ex.toString();
		}
	}

}
