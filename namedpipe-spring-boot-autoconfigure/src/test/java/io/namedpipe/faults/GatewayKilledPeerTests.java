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

package io.namedpipe.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.core.MessagingTemplate;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessagingException;
import org.springframework.messaging.support.GenericMessage;

import io.namedpipe.integration.NamedPipeClient;
import io.namedpipe.integration.NamedPipeServer;
import io.namedpipe.integration.ReconnectBackoff;
import io.namedpipe.integration.inbound.NamedPipeInboundGateway;
import io.namedpipe.integration.outbound.NamedPipeOutboundGateway;
import io.namedpipe.testsupport.JavaProcess;
import io.namedpipe.testsupport.NewThreadExecutor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Numbered requests through a pair of gateways while the server stops and starts, or is
 * killed. A request is done once at most, and each has an end: a reply proves that it was
 * done, and what was done without a reply has failed. {@code -Dnamedpipe.test.kills=200}
 * for more.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(600)
class GatewayKilledPeerTests {

	private static final int KILLS = Integer.getInteger("namedpipe.test.kills", 4);

	private static final int ASKING = 4;

	private static final Duration SOON = Duration.ofSeconds(30);

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	private final AtomicLong numbers = new AtomicLong();

	private final Set<Long> replied = ConcurrentHashMap.newKeySet();

	private final Set<Long> failed = ConcurrentHashMap.newKeySet();

	@TempDir
	private Path folder;

	private Path path = Path.of("/");

	private Path account = Path.of("/");

	@BeforeEach
	void setUp() {
		this.path = this.folder.resolve("p");
		this.account = this.folder.resolve("account");
		this.context.register(Application.class);
	}

	@AfterEach
	void tearDown() {
		this.context.close();
	}

	/**
	 * A server that writes down what it does before it replies.
	 */
	private static NamedPipeServer serve(AnnotationConfigApplicationContext context, TransportUnderTest transport,
			Path path, Path account) throws IOException {
		FileChannel file = FileChannel.open(account, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
				StandardOpenOption.APPEND);
		NamedPipeServer server = NamedPipeServer
			.builder("in", transport.server(path).drainTimeout(Duration.ofMillis(500)))
			.build();
		context.registerBean("server", NamedPipeServer.class, () -> server);
		context.registerBean("account", FileChannel.class, () -> file);
		context.registerBean("serving", IntegrationFlow.class,
				() -> IntegrationFlow.from(new NamedPipeInboundGateway(server)).handle((payload, headers) -> {
					long number = CheckedMessages.number((byte[]) payload);
					writeDown(file, number);
					// most of an exchange is between what is done and its reply
					LockSupport.parkNanos(500_000);
					return CheckedMessages.message(number + 1);
				}).get());
		return server;
	}

	private static void writeDown(FileChannel file, long number) {
		try {
			file.write(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Asks while something happens to the server.
	 */
	private void ask(TransportUnderTest transport, Restart restart) throws Exception {
		NamedPipeClient client = NamedPipeClient.builder("out", transport.client(this.path).connectTimeout(SOON))
			.reconnect(new ReconnectBackoff(Duration.ofMillis(5), 1.5, Duration.ofMillis(50), Duration.ZERO))
			.build();
		NamedPipeOutboundGateway gateway = new NamedPipeOutboundGateway(client);
		gateway.setReplyTimeout(SOON);
		this.context.registerBean("client", NamedPipeClient.class, () -> client);
		this.context.registerBean("asking", IntegrationFlow.class,
				() -> IntegrationFlow.from("ask").handle(gateway).get());
		this.context.refresh();
		AtomicBoolean over = new AtomicBoolean();
		List<CompletableFuture<Void>> asking = new ArrayList<>();
		for (int i = 0; i < ASKING; i++) {
			asking.add(CompletableFuture.runAsync(() -> askUntil(over), new NewThreadExecutor()));
		}
		for (int i = 0; i < KILLS; i++) {
			int before = this.replied.size();
			await().atMost(SOON)
				.pollInterval(Duration.ofMillis(5))
				.until(() -> this.replied.size() > before + 50 || asking.stream().anyMatch(CompletableFuture::isDone));
			restart.run();
		}
		over.set(true);
		for (CompletableFuture<Void> each : asking) {
			each.get(2 * SOON.toSeconds(), TimeUnit.SECONDS);
		}
	}

	private void askUntil(AtomicBoolean over) {
		MessagingTemplate template = new MessagingTemplate();
		template.setReceiveTimeout(2 * SOON.toMillis());
		MessageChannel channel = this.context.getBean("ask", MessageChannel.class);
		while (!over.get()) {
			long number = this.numbers.getAndAdd(2);
			try {
				byte[] reply = (byte[]) Objects
					.requireNonNull(
							template.sendAndReceive(channel, new GenericMessage<>(CheckedMessages.message(number))))
					.getPayload();
				assertThat(CheckedMessages.number(reply)).isEqualTo(number + 1);
				this.replied.add(number);
			}
			catch (MessagingException ex) {
				this.failed.add(number);
				LockSupport.parkNanos(500_000);
			}
		}
	}

	private void assertEachIsDoneOnceAtMostAndHasAnEnd() throws IOException {
		List<Long> done = CheckedMessages.account(this.account);
		assertThat(done).as("done").doesNotHaveDuplicates().containsAll(this.replied);
		assertThat(Collections.disjoint(this.replied, this.failed)).isTrue();
		assertThat(this.replied.size() + this.failed.size()).isEqualTo((int) (this.numbers.get() / 2));
		done.removeAll(this.replied);
		assertThat(this.failed).as("failed, what was done without a reply among it").containsAll(done);
	}

	@ParameterizedTest
	@EnumSource
	void whenServerRestartsThenRequestRunsOnceAndReplyProvesIt(TransportUnderTest transport) throws Exception {
		NamedPipeServer server = serve(this.context, transport, this.path, this.account);

		ask(transport, () -> {
			server.stop();
			server.start();
		});

		assertEachIsDoneOnceAtMostAndHasAnEnd();
	}

	@ParameterizedTest
	@EnumSource(names = "UNIX_.*", mode = EnumSource.Mode.MATCH_ALL)
	void whenTheServerIsKilledThenARequestIsDoneOnceAndAReplyProvesIt(TransportUnderTest transport) throws Exception {
		List<JavaProcess> servers = new ArrayList<>();
		servers.add(start(transport));
		try {
			ask(transport, () -> {
				servers.remove(0).close();
				servers.add(start(transport));
			});
		}
		finally {
			servers.forEach(JavaProcess::close);
		}

		assertEachIsDoneOnceAtMostAndHasAnEnd();
		assertThat(this.failed).as("in the middle of which the server was killed").isNotEmpty();
	}

	private JavaProcess start(TransportUnderTest transport) throws IOException {
		JavaProcess server = JavaProcess
			.of(GatewayKilledPeerTests.class, transport.name(), this.path.toString(), this.account.toString())
			.start();
		assertThat(server.nextLine()).isEqualTo("started");
		return server;
	}

	public static void main(String[] args) throws Exception {
		LogCapture.silence();
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.register(Application.class);
		serve(context, TransportUnderTest.valueOf(args[0]), Path.of(args[1]), Path.of(args[2]));
		context.refresh();
		System.out.println("started");
		System.in.read();
	}

	private interface Restart {

		void run() throws Exception;

	}

	/**
	 * Spring Integration and nothing else.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableIntegration
	static class Application {

	}

}
