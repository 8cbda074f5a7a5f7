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

package io.namedpipe.integration;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ApplicationContextException;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.dsl.IntegrationFlowBuilder;
import org.springframework.messaging.MessageChannel;

import io.namedpipe.CloseReason;
import io.namedpipe.PipeServer;
import io.namedpipe.TransmissionMode;
import io.namedpipe.access.AccessRights;
import io.namedpipe.access.AccessRules;
import io.namedpipe.framing.LineTerminator;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.framing.PayloadFormat;
import io.namedpipe.integration.dsl.NamedPipes;
import io.namedpipe.integration.inbound.NamedPipeInboundGateway;
import io.namedpipe.testsupport.OtherUser;
import io.namedpipe.testsupport.PeerProcess;
import io.namedpipe.testsupport.RequiresCommand;
import io.namedpipe.testsupport.RequiresRoot;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * A gateway whose flow runs as the client: BEHAVIOUR 55.
 */
@EnabledOnOs(OS.LINUX)
@RequiresRoot
@RequiresCommand("python3")
@Timeout(60)
class RunAsClientGatewayTests {

	private static final OtherUser ALICE = OtherUser.of(54321, 54321);

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	private final ExecutorService otherThread = Executors.newSingleThreadExecutor();

	private final List<String> handled = new CopyOnWriteArrayList<>();

	@TempDir
	private Path folder;

	private NamedPipeServer server;

	@BeforeEach
	void setUp() throws Exception {
		Files.setPosixFilePermissions(this.folder, PosixFilePermissions.fromString("rwxr-xr-x"));
		this.otherThread.submit(() -> {
		}).get();
		this.server = server((builder) -> builder);
	}

	@AfterEach
	void tearDown() {
		this.context.close();
		this.otherThread.shutdownNow();
	}

	@Test
	void whenTheFlowOpensAFileThenItDoesSoAsTheClient() throws Exception {
		Path clients = file("client's", 54321);
		Path servers = file("server's", 0);
		start(this.server, (flow) -> flow.handle(String.class, (path, headers) -> read(path)));

		try (PeerProcess client = ALICE.client(TransmissionMode.BYTE, address())) {
			assertThat(client.ask("open")).isEqualTo("opened");
			assertThat(client.ask("ask " + clients + "\\n")).isEqualTo("client's");
			assertThat(client.ask("ask " + servers + "\\n")).isEqualTo("denied");
			assertThat(client.ask("ask " + clients + "\\n")).isEqualTo("client's");
		}
	}

	@Test
	void whenTheFlowThrowsThenTheConnectionClosesAndTheNextClientIsServed() throws Exception {
		Path clients = file("client's", 54321);
		start(this.server, (flow) -> flow.handle(String.class, (path, headers) -> {
			if (path.isEmpty()) {
				throw new IllegalArgumentException("no path");
			}
			return read(path);
		}));

		for (int i = 0; i < 2; i++) {
			try (PeerProcess client = ALICE.client(TransmissionMode.BYTE, address())) {
				assertThat(client.ask("open")).isEqualTo("opened");
				assertThat(client.ask("ask " + clients + "\\n")).isEqualTo("client's");
				assertThat(client.ask("ask \\n")).isEqualTo("end");
			}
		}
		await().until(() -> this.server.statistics().closed(CloseReason.ERROR) == 2);
	}

	@Test
	void whenVirtualThreadsAreConfiguredThenPlatformThreadsAreUsedAllTheSame() throws Exception {
		ThreadFactory noThreadForThis = (task) -> new Thread(() -> {
			throw new AssertionError("not on this thread");
		});
		NamedPipeServer virtual = server((builder) -> builder.virtualThreads(noThreadForThis));
		Path clients = file("client's", 54321);
		start(virtual, (flow) -> flow.handle(String.class, (path, headers) -> read(path)));

		try (PeerProcess client = ALICE.client(TransmissionMode.BYTE, address())) {
			assertThat(client.ask("open")).isEqualTo("opened");
			assertThat(client.ask("ask " + clients + "\\n")).isEqualTo("client's");
		}
	}

	@Test
	void whenTheRequestChannelLeadsToAnotherThreadThenTheStartFails() {
		this.context.register(Configuration.class);
		this.context.registerBean("server", NamedPipeServer.class, () -> this.server);
		this.context.registerBean("requests", MessageChannel.class,
				() -> new org.springframework.integration.channel.ExecutorChannel(this.otherThread));
		this.context.registerBean("gateway", NamedPipeInboundGateway.class, () -> {
			NamedPipeInboundGateway gateway = new NamedPipeInboundGateway(this.server);
			gateway.setRequestChannelName("requests");
			gateway.setImpersonateClient(true);
			return gateway;
		});

		assertThatExceptionOfType(ApplicationContextException.class).isThrownBy(this.context::refresh)
			.havingRootCause()
			.withMessageContaining("is not a DirectChannel");
	}

	@Test
	void whenTheFlowHopsToAnotherThreadThenWhatFollowsDoesNotRun() throws Exception {
		start(this.server,
				(flow) -> flow.handle(String.class, (path, headers) -> handled("before " + path))
					.channel((channels) -> channels.executor("elsewhere", this.otherThread))
					.handle(String.class, (path, headers) -> handled("after " + path)));

		try (PeerProcess client = ALICE.client(TransmissionMode.BYTE, address())) {
			assertThat(client.ask("open")).isEqualTo("opened");
			assertThat(client.ask("ask x\\n")).isEqualTo("end");
		}
		assertThat(this.handled).containsExactly("before x");
	}

	@Test
	void whenTheHopIsMeantThenRemovingTheHeaderAllowsIt() throws Exception {
		start(this.server,
				(flow) -> flow.headerFilter(NamedPipeHeaders.RUN_AS_CLIENT_THREAD)
					.channel((channels) -> channels.executor("elsewhere", this.otherThread))
					.handle(String.class, (path, headers) -> handled("after " + path)));

		try (PeerProcess client = ALICE.client(TransmissionMode.BYTE, address())) {
			assertThat(client.ask("open")).isEqualTo("opened");
			assertThat(client.ask("ask x\\n")).isEqualTo("after x");
		}
		assertThat(this.handled).containsExactly("after x");
	}

	@Test
	void whenTheTransportCannotRunAsTheClientThenTheStartFailsAndSaysWhy() throws Exception {
		NamedPipeServer inMemory = NamedPipeServer.builder("files", TestTransport.MEMORY.server("files"))
			.framing(MessageFraming.line(LineTerminator.LF))
			.build();

		assertThatExceptionOfType(ApplicationContextException.class)
			.isThrownBy(() -> start(inMemory, (flow) -> flow.handle(String.class, (path, headers) -> path)))
			.havingRootCause()
			.withMessageContaining("'files' cannot run its flow as the client (impersonate-client): ")
			.withMessageContaining("this kind of pipe");
	}

	private NamedPipeServer server(UnaryOperator<NamedPipeServer.Builder> customizer) throws IOException {
		PipeServer.Builder pipe = PipeServer.builder(address())
			.access(AccessRules.builder().allow("Users", AccessRights.READ_WRITE).build());
		return customizer
			.apply(NamedPipeServer.builder("files", pipe)
				.framing(MessageFraming.line(LineTerminator.LF))
				.payload(PayloadFormat.text(StandardCharsets.UTF_8)))
			.build();
	}

	private void start(NamedPipeServer server, UnaryOperator<IntegrationFlowBuilder> handler) {
		IntegrationFlow flow = handler
			.apply(IntegrationFlow
				.from(NamedPipes.inboundGateway(server).impersonateClient(true).replyTimeout(Duration.ofSeconds(2))))
			.get();
		this.context.register(Configuration.class);
		this.context.registerBean("server", NamedPipeServer.class, () -> server);
		this.context.registerBean("flow", IntegrationFlow.class, () -> flow);
		this.context.refresh();
	}

	private String handled(String what) {
		this.handled.add(what);
		return what;
	}

	private static String read(String path) {
		try {
			return Files.readString(Path.of(path));
		}
		catch (AccessDeniedException ex) {
			return "denied";
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	private String address() {
		return this.folder.resolve("pipe").toString();
	}

	private Path file(String content, int userId) throws IOException {
		Path file = Files.writeString(this.folder.resolve(content), content);
		Files.setAttribute(file, "unix:uid", userId);
		Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
		return file;
	}

	@org.springframework.context.annotation.Configuration(proxyBeanMethods = false)
	@EnableIntegration
	static class Configuration {

	}

}
