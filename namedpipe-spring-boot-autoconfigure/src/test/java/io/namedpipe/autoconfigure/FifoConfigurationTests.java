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

package io.namedpipe.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.integration.channel.QueueChannel;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.support.GenericMessage;

import io.namedpipe.CloseReason;
import io.namedpipe.DropReason;
import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeStatistics;
import io.namedpipe.integration.NamedPipe;
import io.namedpipe.integration.NamedPipeClient;
import io.namedpipe.integration.NamedPipeHeaders;
import io.namedpipe.integration.NamedPipeServer;
import io.namedpipe.testsupport.PeerProcess;
import io.namedpipe.testsupport.RequiresRoot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * FIFOs as the configuration makes and uses them, with the shell at the other end.
 */
@DisabledOnOs(OS.WINDOWS)
@Timeout(60)
class FifoConfigurationTests {

	private static final Duration SOON = Duration.ofSeconds(20);

	private static final String[] INTAKE = { "namedpipe.server.intake.type=fifo",
			"namedpipe.server.intake.direction=in", "namedpipe.server.intake.framing.type=line",
			"namedpipe.server.intake.payload.type=text", "namedpipe.server.intake.inbound.channel=in" };

	private static final String[] NEWS = { "namedpipe.server.news.type=fifo", "namedpipe.server.news.direction=out",
			"namedpipe.server.news.framing.type=line", "namedpipe.server.news.payload.type=text",
			"namedpipe.server.news.outbound.channel=out", "namedpipe.server.news.drain-timeout=1s" };

	private final List<PeerProcess> peers = new ArrayList<>();

	@TempDir
	private Path folder;

	@AfterEach
	void endPeers() {
		this.peers.forEach(PeerProcess::close);
	}

	private PeerProcess shell(String command) throws IOException {
		PeerProcess peer = PeerProcess.shell("cd '" + this.folder + "'; " + command);
		this.peers.add(peer);
		return peer;
	}

	private ApplicationContextRunner runner(String... properties) {
		return new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(IntegrationAutoConfiguration.class, NamedPipeAutoConfiguration.class))
			.withBean("in", QueueChannel.class, () -> new QueueChannel())
			.withPropertyValues("namedpipe.directory=" + this.folder)
			.withPropertyValues(properties);
	}

	private static Message<?> receive(ApplicationContext context) {
		Message<?> message = context.getBean("in", QueueChannel.class).receive(SOON.toMillis());
		assertThat(message).isNotNull();
		return message;
	}

	private static void send(ApplicationContext context, String line) {
		context.getBean("out", MessageChannel.class).send(new GenericMessage<>(line));
	}

	private static PipeStatistics statistics(ApplicationContext context) {
		return context.getBean(NamedPipe.class).statistics();
	}

	private static void awaitConnections(ApplicationContext context, int count) {
		NamedPipe pipe = context.getBean(NamedPipe.class);
		await().atMost(SOON).untilAsserted(() -> {
			assertThat(pipe.connections()).hasSize(count);
			assertThat(pipe.sessions()).hasSize(count);
		});
	}

	@Test
	void whenTheShellWritesALineThenItIsAMessage() {
		runner(INTAKE).run((context) -> {
			assertThat(shell("echo '{\"id\":1}' > intake; echo $?").output()).isEqualTo("0");

			Message<?> message = receive(context);

			assertThat(message.getPayload()).isEqualTo("{\"id\":1}");
			assertThat(message.getHeaders()).containsEntry(NamedPipeHeaders.NAME, "intake")
				.containsKey(NamedPipeHeaders.CONNECTION_ID)
				.doesNotContainKey(NamedPipeHeaders.REMOTE_USER);
			assertThat(this.folder.resolve("intake")).exists();
		});
		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	void whenWritersComeAndGoThenEachPeriodIsAConnection() {
		runner(INTAKE).run((context) -> {
			shell("for i in $(seq 300); do echo $i > intake; done; printf unfinished > intake");

			assertThat(IntStream.rangeClosed(1, 300)
				.allMatch((number) -> receive(context).getPayload().equals(String.valueOf(number)))).isTrue();

			assertThat(receive(context).getPayload()).as("the last line, ended by the end").isEqualTo("unfinished");
			awaitConnections(context, 0);
			PipeStatistics statistics = statistics(context);
			assertThat(statistics.accepted()).isBetween(1L, 301L).isEqualTo(statistics.closed(CloseReason.PEER));
			assertThat(statistics.messagesIn()).isEqualTo(301);
		});
	}

	@Test
	void whenWriterDiesInsideFrameThenReportsErrorAndServesNext() {
		runner("namedpipe.server.intake.type=fifo", "namedpipe.server.intake.direction=in",
				"namedpipe.server.intake.inbound.channel=in")
			.run((context) -> {
				PeerProcess writer = shell("exec 3> intake; printf '\\0\\0\\0\\005hel' >&3; echo half; read wait");
				assertThat(writer.nextLine()).isEqualTo("half");
				awaitConnections(context, 1);

				writer.close();

				await().atMost(SOON).until(() -> statistics(context).errors(PipeErrorType.TRUNCATED) == 1);
				awaitConnections(context, 0);
				shell("printf '\\0\\0\\0\\005hello' > intake").output();
				assertThat(receive(context).getPayload()).isEqualTo("hello".getBytes());
				assertThat(statistics(context).messagesIn()).isEqualTo(1);
			});
	}

	@Test
	void whenReadersComeAndGoThenEachGetsWhatIsSentWhileItReads() {
		runner(NEWS).run((context) -> {
			send(context, "nobody reads this");
			assertThat(statistics(context).dropped(DropReason.NO_CONNECTION)).isEqualTo(1);
			for (String name : List.of("one", "two", "three")) {
				PeerProcess reader = shell("head -n 1 < news");
				awaitConnections(context, 1);

				send(context, "for " + name);

				assertThat(reader.output()).isEqualTo("for " + name);
				awaitReaderNoticedGone(context);
			}
			assertThat(statistics(context).accepted()).isEqualTo(3);
			assertThat(statistics(context).messagesOut()).isEqualTo(3);
		});
		assertThat(this.folder).isEmptyDirectory();
	}

	// A reader that has left shows at the next write
	private static void awaitReaderNoticedGone(ApplicationContext context) {
		send(context, "for nobody");
		awaitConnections(context, 0);
	}

	@Test
	void whenStoppedWhileNobodyWritesOrReadsThenThatIsAtOnce() {
		List<String> both = new ArrayList<>(List.of(INTAKE));
		both.addAll(List.of(NEWS));
		both.add("namedpipe.server.intake.drain-timeout=60s");
		both.add("namedpipe.server.news.drain-timeout=60s");
		runner(both.toArray(String[]::new)).run((context) -> {
			List<NamedPipeServer> servers = List.copyOf(context.getBeansOfType(NamedPipeServer.class).values());
			for (NamedPipeServer server : servers) {
				long start = System.nanoTime();
				server.stop();
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
			}
			assertThat(this.folder).isEmptyDirectory();
			servers.forEach(NamedPipeServer::start);
			shell("echo again > intake").output();
			assertThat(receive(context).getPayload()).isEqualTo("again");
		});
	}

	@Test
	void whenStoppedWhileAWriterIsSilentThenThatIsAtOnce() {
		runner(INTAKE).withPropertyValues("namedpipe.server.intake.drain-timeout=60s").run((context) -> {
			PeerProcess writer = shell("exec 3> intake; echo hello >&3; read wait; echo late >&3; echo $?");
			receive(context);
			long start = System.nanoTime();

			context.getBean(NamedPipeServer.class).stop();

			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
			assertThat(writer.process().isAlive()).isTrue();
			assertThat(statistics(context).closed(CloseReason.STOP)).isEqualTo(1);
		});
	}

	@Test
	void whenEveryoneMayWriteThenTheFileSaysSoWhateverTheUmask() {
		runner(INTAKE)
			.withPropertyValues("namedpipe.server.intake.access.allow[0].principal=Everyone",
					"namedpipe.server.intake.access.allow[0].rights=write")
			.run((context) -> assertThat(permissions()).isEqualTo("rw--w--w-"));
	}

	@Test
	@RequiresRoot
	void whenAGroupMayWriteThenTheFileIsGivenToIt() {
		runner(INTAKE)
			.withPropertyValues("namedpipe.server.intake.access.allow[0].principal=group:daemon",
					"namedpipe.server.intake.access.allow[0].rights=write")
			.run((context) -> {
				assertThat(permissions()).isEqualTo("rw--w----");
				assertThat(Files.getAttribute(this.folder.resolve("intake"), "unix:gid"))
					.isEqualTo(Files.getAttribute(groupFile("daemon"), "unix:gid"));
			});
	}

	private Path groupFile(String group) throws Exception {
		Path file = Files.createFile(this.folder.resolve("of-group"));
		shell("chgrp " + group + " of-group").output();
		return file;
	}

	private String permissions() throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(this.folder.resolve("intake")));
	}

	@Test
	void whenClientReadsExistingFifoThenLinesAreMessagesAndItStays() throws Exception {
		shell("mkfifo feed").output();
		runner("namedpipe.client.feed.type=fifo", "namedpipe.client.feed.direction=out",
				"namedpipe.client.feed.framing.type=line", "namedpipe.client.feed.payload.type=text",
				"namedpipe.client.feed.inbound.channel=in", "namedpipe.client.feed.reconnect.delay=1ms")
			.run((context) -> {
				for (int i = 1; i <= 50; i++) {
					shell("echo " + i + " > feed").output();
				}
				for (int i = 1; i <= 50; i++) {
					assertThat(receive(context).getPayload()).isEqualTo(String.valueOf(i));
				}
				assertThat(context.getBean(NamedPipeClient.class).connections()).hasSizeLessThan(2);
			});
		assertThat(this.folder.resolve("feed")).exists();
	}

	@Test
	void whenAClientWritesAnExistingFifoThenItWaitsForAReader() throws Exception {
		shell("mkfifo news").output();
		runner("namedpipe.client.news.type=fifo", "namedpipe.client.news.direction=in",
				"namedpipe.client.news.framing.type=line", "namedpipe.client.news.payload.type=text",
				"namedpipe.client.news.outbound.channel=out", "namedpipe.client.news.reconnect.delay=1ms",
				"namedpipe.client.news.reconnect.max-delay=10ms", "namedpipe.client.news.connect-timeout=20ms")
			.run((context) -> {
				for (String name : List.of("one", "two")) {
					PeerProcess reader = shell("head -n 1 < news");
					awaitConnections(context, 1);

					send(context, "for " + name);

					assertThat(reader.output()).isEqualTo("for " + name);
					awaitReaderNoticedGone(context);
				}
			});
		assertThat(this.folder.resolve("news")).exists();
	}

	@Test
	void whenAClientsFifoIsMissingThenItIsNotMade() {
		runner("namedpipe.client.feed.type=fifo", "namedpipe.client.feed.direction=out",
				"namedpipe.client.feed.inbound.channel=in", "namedpipe.client.feed.connect-timeout=50ms",
				"namedpipe.client.feed.startup-failure=stop")
			.run((context) -> {
				assertThat(context).hasFailed();
				assertThat(context.getStartupFailure()).hasStackTraceContaining("There is no FIFO");
			});
		assertThat(this.folder).isEmptyDirectory();
	}

}
