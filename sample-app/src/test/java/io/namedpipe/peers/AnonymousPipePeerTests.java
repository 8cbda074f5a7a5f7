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

package io.namedpipe.peers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import io.namedpipe.integration.NamedPipeProcess;
import io.namedpipe.peers.PeersApplication.Sender;
import io.namedpipe.testsupport.JavaProcess;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * .NET's anonymous pipes, whose handles the parent passes as text: as our child, and as
 * our parent.
 */
@ExtendWith(ShownByPeers.class)
class AnonymousPipePeerTests {

	private static final int COUNT = 1000;

	@TempDir
	private Path folder;

	@BeforeEach
	void dotnetIsThere() {
		Peer.DOTNET.orSkip();
	}

	@Test
	@Shows("Anonymous pipes, as our child")
	void whenItIsOurChildThenItAnswersEachLine() throws Exception {
		String megabyte = "x".repeat(1024 * 1024);
		try (ConfigurableApplicationContext parent = new SpringApplicationBuilder(PeersApplication.class)
			.run(command("child", "{in}", "lines", "{out}"))) {
			Sender sender = parent.getBean(Sender.class);
			PeersApplication received = parent.getBean(PeersApplication.class);

			for (int i = 0; i < COUNT; i++) {
				sender.tell("line " + i);
			}
			sender.tell(megabyte);

			for (int i = 0; i < COUNT; i++) {
				assertThat(received.received().poll(60, TimeUnit.SECONDS)).isEqualTo("net: line " + i);
			}
			assertThat(received.received().poll(60, TimeUnit.SECONDS)).isEqualTo("net: " + megabyte);
			NamedPipeProcess child = parent.getBean(NamedPipeProcess.class);
			child.stop();
			assertThat(child.details()).containsEntry("exitCode", 0);
		}
	}

	@Test
	@Shows("Anonymous pipes, as our parent")
	void whenItIsOurParentThenWeAnswerEachLine() throws Exception {
		List<String> arguments = new ArrayList<>(List.of("parent", String.valueOf(COUNT), "lines"));
		arguments.addAll(JavaProcess.of(AnonymousPipeChild.class).jvmArguments("-XX:TieredStopAtLevel=1").command());

		try (PeerProgram parent = PeerProgram.start(this.folder, Peer.DOTNET, arguments.toArray(String[]::new))) {
			assertThat(parent.output()).isEqualTo("ok " + COUNT + ", exit code 0");
		}
	}

	private String[] command(String... arguments) {
		List<String> properties = new ArrayList<>(
				List.of("--spring.config.location=classpath:/io/namedpipe/peers/anonymous-parent.yml"));
		List<String> command = Peer.DOTNET.command(arguments);
		for (int i = 0; i < command.size(); i++) {
			properties.add("--namedpipe.process.net.command[" + i + "]=" + command.get(i));
		}
		PeerProgram.environment(this.folder)
			.forEach((name, value) -> properties.add("--namedpipe.process.net.environment[" + name + "]=" + value));
		return properties.toArray(String[]::new);
	}

}
