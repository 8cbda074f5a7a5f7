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
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import javax.net.SocketFactory;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.annotation.Order;
import org.springframework.integration.annotation.ServiceActivator;
import org.springframework.integration.annotation.Transformer;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.integration.channel.PublishSubscribeChannel;
import org.springframework.integration.channel.QueueChannel;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.dsl.IntegrationFlowAdapter;
import org.springframework.integration.dsl.IntegrationFlowDefinition;
import org.springframework.integration.dsl.MessageChannels;
import org.springframework.integration.endpoint.AbstractEndpoint;
import org.springframework.integration.support.context.NamedComponent;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.support.GenericMessage;
import org.springframework.messaging.support.MessageBuilder;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeDirection;
import io.namedpipe.PipeException;
import io.namedpipe.PipeListener;
import io.namedpipe.PipeNotFoundException;
import io.namedpipe.PipeServer;
import io.namedpipe.framing.FramingType;
import io.namedpipe.framing.LineTerminator;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.integration.NamedPipe;
import io.namedpipe.integration.NamedPipeClient;
import io.namedpipe.integration.NamedPipeServer;
import io.namedpipe.integration.inbound.NamedPipeInboundChannelAdapter;
import io.namedpipe.integration.inbound.NamedPipeInboundGateway;
import io.namedpipe.integration.outbound.NamedPipeOutboundChannelAdapter;
import io.namedpipe.integration.outbound.NamedPipeOutboundGateway;
import io.namedpipe.socket.NamedPipeServerSocketFactory;
import io.namedpipe.socket.NamedPipeSocketFactory;
import io.namedpipe.testsupport.ShortName;
import io.namedpipe.testsupport.TestTransport;
import io.namedpipe.transport.Capability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link NamedPipeAutoConfiguration}.
 */
class NamedPipeAutoConfigurationTests {

	@TempDir
	private Path directory;

	@Test
	void whenNothingIsConfiguredThenNoPipeAndNoThread() {
		Set<String> before = threads();
		runner().run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context).doesNotHaveBean(NamedPipe.class);
			assertThat(before).containsAll(threads());
		});
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "a pipe of Windows is no file")
	void whenServerThenListensAtPathOfDotNet() {
		runner("namedpipe.server.orders.pipe-name=intake").run((context) -> {
			NamedPipeServer server = context.getBean("ordersNamedPipeServer", NamedPipeServer.class);
			assertThat(server.isRunning()).isTrue();
			assertThat(server.getName()).isEqualTo("orders");
			assertThat(server.address()).isEqualTo(this.directory.resolve("CoreFxPipe_intake").toString());
			assertThat(this.directory.resolve("CoreFxPipe_intake")).exists();
		});
		assertThat(this.directory.resolve("CoreFxPipe_intake")).doesNotExist();
	}

	@Test
	void whenServerHasGatewayThenRequestIsAnsweredOnItsConnection() {
		runner("namedpipe.server.orders.framing.type=line", "namedpipe.server.orders.payload.type=text",
				"namedpipe.server.orders.gateway.channel=requests")
			.withBean("upper", IntegrationFlow.class,
					() -> IntegrationFlow.from("requests").<String, String>transform(String::toUpperCase).get())
			.run((context) -> {
				assertThat(context.getBean("ordersNamedPipeServerGateway")).isInstanceOf(NamedPipeInboundGateway.class);
				assertThat(exchange("orders", "hello\n")).isEqualTo("HELLO\n");
			});
	}

	@Test
	void whenServerHasInboundAndOutboundThenMessagesGoBothWays() {
		runner("namedpipe.server.orders.framing.type=line", "namedpipe.server.orders.payload.type=text",
				"namedpipe.server.orders.inbound.channel=in", "namedpipe.server.orders.outbound.channel=out",
				"namedpipe.server.orders.outbound.without-connection=broadcast")
			.withBean("in", QueueChannel.class, () -> new QueueChannel())
			.run((context) -> {
				assertThat(context.getBean("ordersNamedPipeServerInbound"))
					.isInstanceOf(NamedPipeInboundChannelAdapter.class);
				assertThat(context.getBean("ordersNamedPipeServerOutbound")).isInstanceOf(AbstractEndpoint.class);
				assertThat(context.getBean("ordersNamedPipeServerOutbound.handler"))
					.isInstanceOf(NamedPipeOutboundChannelAdapter.class);
				try (PipeClient client = client("orders"); PipeConnection connection = client.connect()) {
					connection.write(ByteBuffer.wrap("hello\n".getBytes(StandardCharsets.UTF_8)));
					Message<?> received = context.getBean("in", QueueChannel.class).receive(10_000);
					assertThat(received).isNotNull();
					assertThat(received.getPayload()).isEqualTo("hello");
					context.getBean("out", MessageChannel.class).send(new GenericMessage<>("welcome"));
					assertThat(read(connection)).isEqualTo("welcome\n");
				}
			});
	}

	@Test
	void whenClientHasGatewayThenExchangesWithServer() throws Exception {
		try (PipeServer server = server("billing")) {
			server.start();
			server.serve((connection) -> connection
				.write(ByteBuffer.wrap(("you said " + read(connection)).getBytes(StandardCharsets.UTF_8))));
			runner("namedpipe.client.billing.framing.type=line", "namedpipe.client.billing.payload.type=text",
					"namedpipe.client.billing.gateway.channel=requests")
				.withBean("replies", QueueChannel.class, () -> new QueueChannel())
				.run((context) -> {
					assertThat(context).hasSingleBean(NamedPipeClient.class);
					assertThat(context.getBean("billingNamedPipeClientGateway")).isInstanceOf(AbstractEndpoint.class);
					assertThat(context.getBean("billingNamedPipeClientGateway.handler"))
						.isInstanceOf(NamedPipeOutboundGateway.class);
					QueueChannel replies = new QueueChannel();
					context.getBean("requests", MessageChannel.class)
						.send(MessageBuilder.withPayload("hello")
							.setHeader(MessageHeaders.REPLY_CHANNEL, replies)
							.build());
					Message<?> reply = replies.receive(10_000);
					assertThat(reply).isNotNull();
					assertThat(reply.getPayload()).isEqualTo("you said hello");
				});
		}
	}

	@Test
	void whenClientIsSocketFactoryThenItsBeanMakesSockets() throws Exception {
		try (ServerSocket server = serverSocket("billing")) {
			runner("namedpipe.client.billing.socket-factory=true", "namedpipe.client.other.socket-factory=true")
				.run((context) -> {
					assertThat(context).doesNotHaveBean(NamedPipe.class);
					assertThat(context).getBeanNames(SocketFactory.class)
						.containsExactlyInAnyOrder("billingNamedPipeSocketFactory", "otherNamedPipeSocketFactory");
					SocketFactory sockets = context.getBean("billingNamedPipeSocketFactory", SocketFactory.class);
					try (Socket client = sockets.createSocket("localhost", 1); Socket accepted = server.accept()) {
						client.getOutputStream().write(7);
						assertThat(accepted.getInputStream().read()).isEqualTo(7);
					}
				});
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { EagerSocketUser.class, LazySocketUser.class, AskingSocketUser.class })
	void whenApplicationEndsThenSocketsEndAfterThoseWhoUseThem(Class<? extends SocketUser> user) throws Exception {
		try (ServerSocket server = serverSocket("billing")) {
			List<Socket> accepted = new CopyOnWriteArrayList<>();

			runner("namedpipe.client.billing.socket-factory=true").withBean(user).run((context) -> {
				context.getBean(SocketUser.class).connect();
				accepted.add(server.accept());
			});

			try (Socket socket = accepted.get(0)) {
				socket.setSoTimeout(20_000);
				assertThat(socket.getInputStream().readAllBytes()).containsExactly('b', 'y', 'e');
			}
		}
	}

	private ServerSocket serverSocket(String name) throws IOException {
		ServerSocket socket = new NamedPipeServerSocketFactory(() -> PipeServer.builder(name).directory(this.directory))
			.createServerSocket(1);
		socket.setSoTimeout(20_000);
		return socket;
	}

	@Test
	void whenDirectionIsGivenThenIsThatOfServerForBothEnds() {
		runner("namedpipe.server.orders.direction=in", "namedpipe.client.billing.direction=in",
				"namedpipe.client.billing.auto-startup=false")
			.run((context) -> {
				assertThat(context.getBean(NamedPipeServer.class).direction()).isEqualTo(PipeDirection.IN);
				assertThat(context.getBean(NamedPipeClient.class).direction()).isEqualTo(PipeDirection.OUT);
			});
	}

	@Test
	void whenPropertiesAreSetThenServerHasThem() {
		runner("namedpipe.server.orders.max-instances=3", "namedpipe.server.orders.max-message-size=2KB",
				"namedpipe.server.orders.drain-timeout=2s", "namedpipe.server.orders.handshake-timeout=3s")
			.run((context) -> {
				PipeServer server = context.getBean(NamedPipeServer.class).pipe();
				assertThat(server.maxInstances()).isEqualTo(3);
				assertThat(server.maxMessageSize()).isEqualTo(2048);
				assertThat(server.drainTimeout()).isEqualTo(Duration.ofSeconds(2));
				assertThat(server.handshakeTimeout()).contains(Duration.ofSeconds(3));
			});
	}

	@Test
	void whenChannelIsNotDeclaredThenIsCreatedAndCanBeInjected() {
		runner("namedpipe.server.orders.outbound.channel=out").withUserConfiguration(InjectedChannel.class)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean("out")).isInstanceOf(DirectChannel.class);
				assertThat(context.getBean(Sender.class).channel()).isSameAs(context.getBean("out"));
			});
	}

	@Test
	void whenChannelIsDeclaredThenIsUsed() {
		QueueChannel in = new QueueChannel();
		runner("namedpipe.server.orders.inbound.channel=in").withBean("in", QueueChannel.class, () -> in)
			.run((context) -> assertThat(context.getBean("in")).isSameAs(in));
	}

	@Test
	void whenEntryIsDisabledThenNoBeanAndNoThread() {
		Set<String> before = threads();
		runner("namedpipe.server.orders.enabled=false", "namedpipe.server.orders.outbound.channel=out",
				"namedpipe.server.orders.max-instances=0", "namedpipe.client.billing.enabled=false")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context).doesNotHaveBean(NamedPipe.class);
				assertThat(context).doesNotHaveBean("out");
				assertThat(before).containsAll(threads());
			});
	}

	@Test
	void whenEverythingIsDisabledThenNoBeanAndNoThread() {
		Set<String> before = threads();
		runner("namedpipe.enabled=false", "namedpipe.server.orders.outbound.channel=out").run((context) -> {
			assertThat(context).doesNotHaveBean(NamedPipe.class);
			assertThat(context).doesNotHaveBean(NamedPipeServerFactory.class);
			assertThat(context).doesNotHaveBean(NamedPipeProperties.class);
			assertThat(context).doesNotHaveBean("out");
			assertThat(before).containsAll(threads());
		});
	}

	@Test
	void whenAutoStartupIsFalseThenPipeStartsWhenTold() {
		runner("namedpipe.server.orders.auto-startup=false").run((context) -> {
			NamedPipeServer server = context.getBean(NamedPipeServer.class);
			assertThat(server.isRunning()).isFalse();
			assertThatExceptionOfType(PipeNotFoundException.class).isThrownBy(this::connect);
			server.start();
			connect();
		});
	}

	private void connect() throws PipeException {
		try (PipeClient client = PipeClient.builder("orders").directory(this.directory).waitForServer(false).build()) {
			client.connect().close();
		}
	}

	@Test
	void whenUserHasFactoryThenIsUsed() {
		NamedPipeServerFactory factory = (name, properties) -> {
			try {
				return NamedPipeServer
					.builder(name, PipeServer.builder(name).directory(this.directory).maxInstances(77))
					.build();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		};
		runner("namedpipe.server.orders.max-instances=3").withBean(NamedPipeServerFactory.class, () -> factory)
			.run((context) -> {
				assertThat(context).hasSingleBean(NamedPipeServerFactory.class);
				assertThat(context.getBean(NamedPipeServer.class).pipe().maxInstances()).isEqualTo(77);
			});
	}

	@Test
	void whenUserHasClientFactoryThenIsUsed() {
		NamedPipeClientFactory factory = (name, properties) -> {
			try {
				return NamedPipeClient
					.builder(name,
							PipeClient.builder(name).directory(this.directory).connectTimeout(Duration.ofMillis(77)))
					.build();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		};
		runner("namedpipe.client.billing.auto-startup=true").withBean(NamedPipeClientFactory.class, () -> factory)
			.run((context) -> {
				assertThat(context).hasSingleBean(NamedPipeClientFactory.class);
				assertThat(context.getBean(NamedPipeClient.class).pipe().connectTimeout())
					.isEqualTo(Duration.ofMillis(77));
			});
	}

	@Test
	void whenUserHasCustomizersThenAreCalledInOrderAfterProperties() {
		runner("namedpipe.server.orders.max-instances=3", "namedpipe.client.billing.auto-startup=false")
			.withUserConfiguration(Customizers.class)
			.run((context) -> {
				assertThat(context.getBean(NamedPipeServer.class).pipe().maxInstances()).isEqualTo(8);
				assertThat(context.getBean(NamedPipeClient.class).pipe().connectTimeout())
					.isEqualTo(Duration.ofSeconds(9));
			});
	}

	@Test
	void whenThereIsAnInitializerThenItHasTheFirstWord() {
		NamedPipeConnectionInitializer initializer = (name, connection) -> connection
			.write(ByteBuffer.wrap(("welcome to " + name + "\n").getBytes(StandardCharsets.UTF_8)));
		runner("namedpipe.server.orders.inbound.channel=ordersIn")
			.withBean(NamedPipeConnectionInitializer.class, () -> initializer)
			.withBean("ordersIn", QueueChannel.class)
			.run((context) -> assertThat(exchange("orders", "")).isEqualTo("welcome to orders\n"));
	}

	@Test
	void whenTheInitializerOfAClientFailsThenItIsNotConnected() {
		NamedPipeConnectionInitializer initializer = (name, connection) -> {
			if (name.equals("billing")) {
				throw new IllegalStateException("no entry");
			}
		};
		runner("namedpipe.server.orders.inbound.channel=ordersIn", "namedpipe.client.billing.pipe-name=orders",
				"namedpipe.client.billing.inbound.channel=ordersIn")
			.withBean(NamedPipeConnectionInitializer.class, () -> initializer)
			.withBean("ordersIn", QueueChannel.class)
			.run((context) -> {
				NamedPipeClient client = context.getBean(NamedPipeClient.class);
				await().atMost(Duration.ofSeconds(20)).until(() -> client.fault().toString().contains("no entry"));
				assertThat(client.isConnected()).isFalse();
			});
	}

	@Test
	void whenCustomizerSetsListenerAndThreadsThenTheyAreUsed() {
		List<String> told = new CopyOnWriteArrayList<>();
		NamedPipeServerCustomizer customizer = (name, builder) -> {
			builder.framing(MessageFraming.line(LineTerminator.LF)).listener(listener("bean", told));
			builder.pipe()
				.listener(listener("pipe", told))
				.threadFactory((task) -> new Thread(task, "of the application"));
		};
		runner("namedpipe.server.orders.payload.type=text", "namedpipe.server.orders.gateway.channel=requests")
			.withBean(NamedPipeServerCustomizer.class, () -> customizer)
			.withBean("thread", IntegrationFlow.class,
					() -> IntegrationFlow.from("requests")
						.handle(String.class, (payload, headers) -> Thread.currentThread().getName())
						.get())
			.run((context) -> {
				assertThat(exchange("orders", "hello\n")).isEqualTo("of the application\n");
				assertThat(told).containsExactlyInAnyOrder("bean", "pipe");
			});
	}

	private static PipeListener listener(String name, List<String> told) {
		return new PipeListener() {
			@Override
			public void opened(PipeConnection connection) {
				told.add(name);
			}
		};
	}

	@Test
	void whenUserHasFactoryThenPropertiesAreCheckedBefore() {
		runner("namedpipe.server.orders.max-instances=0")
			.withBean(NamedPipeServerFactory.class, () -> (name, properties) -> server(properties))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidConfigurationPropertyValueException.class));
	}

	@Test
	void whenUserHasFactoryThenEndpointsAreCheckedToo() {
		runner("namedpipe.server.orders.gateway.channel=requests", "namedpipe.server.orders.gateway.reply-timeout=0s")
			.withBean(NamedPipeServerFactory.class, () -> (name, properties) -> server(properties))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class,
						(ex) -> assertThat(ex.getName()).isEqualTo("namedpipe.server.orders.gateway.reply-timeout")));
	}

	@Test
	void whenUserHasFactoryThenPropertiesHaveTheirDefaults() {
		runner("namedpipe.server.orders.drain-timeout=2s")
			.withBean(NamedPipeServerFactory.class, () -> (name, properties) -> server(properties))
			.run((context) -> assertThat(context.getBean(NamedPipeServer.class).address())
				.endsWith(ShortName.endOfAddress("orders")));
	}

	private NamedPipeServer server(NamedPipeProperties.Server properties) {
		try {
			assertThat(properties.getFraming().getType()).isEqualTo(FramingType.LENGTH_HEADER);
			assertThat(properties.getAccess().getCurrentUserOnly()).isTrue();
			return NamedPipeServer
				.builder("orders", PipeServer.builder(properties.getPipeName()).directory(this.directory))
				.build();
		}
		catch (PipeException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { FlowConsumer.class, FlowAdapterConsumer.class, AnnotatedConsumer.class,
			AnnotatedHandlerConsumer.class, ChainedConsumer.class })
	void whenInitializationIsLazyThenPipeIsServedAllTheSame(Class<?> consumer) {
		runner("namedpipe.server.orders.framing.type=line", "namedpipe.server.orders.payload.type=text",
				"namedpipe.server.orders.gateway.channel=requests")
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.withUserConfiguration(consumer)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(exchange("orders", "hello\n")).isEqualTo("HELLO\n");
			});
	}

	@ParameterizedTest
	@ValueSource(classes = { DeclaringFlow.class, DeclaringFlowAdapter.class, DeclaringLambda.class,
			DeclaringAfterSubflow.class })
	void whenFlowDeclaresChannelThenIsUsed(Class<?> flow) {
		runner("namedpipe.server.orders.framing.type=line", "namedpipe.server.orders.payload.type=text",
				"namedpipe.server.orders.gateway.channel=requests", "namedpipe.server.orders.gateway.reply-timeout=10s")
			.withUserConfiguration(flow)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean("requests")).isInstanceOf(QueueChannel.class);
				assertThat(exchange("orders", "hello\n")).isEqualTo("HELLO\n");
			});
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void whenTwoEntriesTakeFromOneChannelThenWarnsOfIt(CapturedOutput output) {
		runner("namedpipe.server.a.outbound.channel=out", "namedpipe.server.b.outbound.channel=out").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).contains("WARN")
				.contains("the channel 'out' goes to one of 'namedpipe.server.a.outbound.channel', "
						+ "'namedpipe.server.b.outbound.channel' in turn");
		});
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void whenChannelSendsToAllThenWarnsOfNothing(CapturedOutput output) {
		runner("namedpipe.server.a.outbound.channel=out", "namedpipe.server.b.outbound.channel=out")
			.withBean("out", PublishSubscribeChannel.class, () -> new PublishSubscribeChannel())
			.run((context) -> assertThat(output).doesNotContain("WARN"));
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void whenEntryHasNoEndpointThenWarnsOfIt(CapturedOutput output) {
		runner("namedpipe.server.orders.backlog=5").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).contains("WARN").contains("'ordersNamedPipeServer' has no endpoint");
		});
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void whenEndpointIsBeanOfApplicationThenWarnsOfNothing(CapturedOutput output) {
		runner("namedpipe.server.orders.backlog=5").withUserConfiguration(OwnAdapter.class)
			.run((context) -> assertThat(output).doesNotContain("WARN"));
	}

	@Test
	void whenMicrometerIsMissingThenPipeIsServed() {
		whenClassesAreMissingThenPipeIsServed("io.micrometer.core");
	}

	@Test
	void whenActuatorIsMissingThenPipeIsServed() {
		whenClassesAreMissingThenPipeIsServed("org.springframework.boot.actuate", "org.springframework.boot.health");
	}

	@Test
	void whenJnaIsMissingThenPipeIsServedInByteMode() {
		whenClassesAreMissingThenPipeIsServed("com.sun.jna");
	}

	private void whenClassesAreMissingThenPipeIsServed(String... packages) {
		runner("namedpipe.server.orders.framing.type=line", "namedpipe.server.orders.payload.type=text",
				"namedpipe.server.orders.gateway.channel=requests")
			.withClassLoader(new FilteredClassLoader(packages))
			.withBean("echo", IntegrationFlow.class, () -> IntegrationFlow.from("requests").bridge().get())
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(exchange("orders", "hello\n")).isEqualTo("hello\n");
			});
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void whenVirtualThreadsAreEnabledThenFlowRunsOnOneIfPossible() {
		boolean allows = TestTransport.PLATFORM.transport().supports(Capability.VIRTUAL_THREADS);

		assertThat(flowThread("spring.threads.virtual.enabled=true")).startsWith(allows ? "VirtualThread" : "Thread[");
	}

	@Test
	void whenVirtualThreadsAreNotEnabledThenFlowRunsOnPlatformThread() {
		assertThat(flowThread("spring.threads.virtual.enabled=false")).startsWith("Thread[")
			.contains("namedpipe-orders");
	}

	private String flowThread(String property) {
		StringBuilder thread = new StringBuilder();
		runner(property, "namedpipe.server.orders.framing.type=line", "namedpipe.server.orders.payload.type=text",
				"namedpipe.server.orders.gateway.channel=requests")
			.withBean("thread", IntegrationFlow.class,
					() -> IntegrationFlow.from("requests")
						.handle(String.class, (payload, headers) -> Thread.currentThread().toString())
						.get())
			.run((context) -> thread.append(exchange("orders", "hello\n")));
		return thread.toString();
	}

	@Test
	void whenEndpointsThenAreKnownByTypeOfComponent() {
		runner("namedpipe.server.a.inbound.channel=in", "namedpipe.server.a.outbound.channel=out",
				"namedpipe.server.b.gateway.channel=requests", "namedpipe.client.c.gateway.channel=questions",
				"namedpipe.client.c.auto-startup=false")
			.withBean("in", QueueChannel.class, () -> new QueueChannel())
			.withBean("requests", QueueChannel.class, () -> new QueueChannel())
			.run((context) -> {
				assertThat(componentType(context, "aNamedPipeServerInbound"))
					.isEqualTo("namedpipe:inbound-channel-adapter");
				assertThat(componentType(context, "aNamedPipeServerOutbound.handler"))
					.isEqualTo("namedpipe:outbound-channel-adapter");
				assertThat(componentType(context, "bNamedPipeServerGateway")).isEqualTo("namedpipe:inbound-gateway");
				assertThat(componentType(context, "cNamedPipeClientGateway.handler"))
					.isEqualTo("namedpipe:outbound-gateway");
				assertThat(context.getBean("aNamedPipeServerOutbound.handler", NamedComponent.class).getComponentName())
					.isEqualTo("aNamedPipeServerOutbound");
			});
	}

	private static @Nullable String componentType(ApplicationContext context, String bean) {
		return context.getBean(bean, NamedComponent.class).getComponentType();
	}

	private ApplicationContextRunner runner(String... properties) {
		return new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(IntegrationAutoConfiguration.class, NamedPipeAutoConfiguration.class))
			.withPropertyValues("namedpipe.directory=" + this.directory)
			.withPropertyValues(properties);
	}

	private String exchange(String name, String request) throws Exception {
		try (PipeClient client = client(name); PipeConnection connection = client.connect()) {
			connection.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
			return read(connection);
		}
	}

	private static String read(PipeConnection connection) throws Exception {
		StringBuilder text = new StringBuilder();
		ByteBuffer buffer = ByteBuffer.allocate(256);
		while (text.indexOf("\n") < 0 && connection.read(buffer.clear()) >= 0) {
			text.append(StandardCharsets.UTF_8.decode(buffer.flip()));
		}
		return text.toString();
	}

	private PipeClient client(String name) throws Exception {
		return PipeClient.builder(name).directory(this.directory).build();
	}

	private PipeServer server(String name) throws Exception {
		return PipeServer.builder(name).directory(this.directory).build();
	}

	private static Set<String> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.startsWith("namedpipe"))
			.collect(Collectors.toSet());
	}

	@Configuration(proxyBeanMethods = false)
	static class InjectedChannel {

		@Bean
		Sender sender(@Qualifier("out") MessageChannel out) {
			return new Sender(out);
		}

	}

	record Sender(MessageChannel channel) {
	}

	@Configuration(proxyBeanMethods = false)
	static class FlowConsumer {

		@Bean
		IntegrationFlow upper() {
			return IntegrationFlow.from("requests").<String, String>transform(String::toUpperCase).get();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FlowAdapterConsumer {

		@Bean
		IntegrationFlowAdapter upper() {
			return new IntegrationFlowAdapter() {
				@Override
				protected IntegrationFlowDefinition<?> buildFlow() {
					return from("requests").<String, String>transform(String::toUpperCase);
				}
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AnnotatedConsumer {

		@Bean
		Upper upper() {
			return new Upper();
		}

	}

	static class Upper {

		@ServiceActivator(inputChannel = "requests")
		String upper(String request) {
			return request.toUpperCase(Locale.ROOT);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AnnotatedHandlerConsumer {

		@Bean
		@Transformer(inputChannel = "requests")
		Function<String, String> upper() {
			return (request) -> request.toUpperCase(Locale.ROOT);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ChainedConsumer {

		@Bean
		IntegrationFlow first() {
			return IntegrationFlow.from("requests").channel("next").get();
		}

		@Bean
		IntegrationFlow second() {
			return IntegrationFlow.from("next").<String, String>transform(String::toUpperCase).get();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class DeclaringFlow {

		@Bean
		IntegrationFlow upper() {
			return IntegrationFlow.from(MessageChannels.queue("requests"))
				.handle(String.class, (payload, headers) -> payload.toUpperCase(Locale.ROOT),
						(spec) -> spec.poller((poller) -> poller.fixedDelay(10)))
				.get();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class DeclaringFlowAdapter {

		@Bean
		IntegrationFlowAdapter upper() {
			return new IntegrationFlowAdapter() {
				@Override
				protected IntegrationFlowDefinition<?> buildFlow() {
					return from(MessageChannels.queue("requests")).handle(String.class,
							(payload, headers) -> payload.toUpperCase(Locale.ROOT),
							(spec) -> spec.poller((poller) -> poller.fixedDelay(10)));
				}
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class DeclaringLambda {

		@Bean
		IntegrationFlow upper() {
			return (flow) -> flow.channel(MessageChannels.queue("requests"))
				.handle(String.class, (payload, headers) -> payload.toUpperCase(Locale.ROOT),
						(spec) -> spec.poller((poller) -> poller.fixedDelay(10)));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class DeclaringAfterSubflow {

		@Bean
		IntegrationFlow upper() {
			return IntegrationFlow.from("before")
				.routeToRecipients(
						(router) -> router.recipientFlow("false", (subflow) -> subflow.transform(Object::toString))
							.defaultOutputToParentFlow())
				.channel(MessageChannels.queue("requests"))
				.handle(String.class, (payload, headers) -> payload.toUpperCase(Locale.ROOT),
						(spec) -> spec.poller((poller) -> poller.fixedDelay(10)))
				.get();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnAdapter {

		@Bean
		IntegrationFlow own(NamedPipeServer server) {
			return IntegrationFlow.from(new NamedPipeInboundChannelAdapter(server)).channel(new QueueChannel()).get();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Customizers {

		@Bean
		@Order(2)
		NamedPipeServerCustomizer second() {
			return (name, builder) -> builder.pipe().maxInstances(name.equals("orders") ? 8 : 9);
		}

		@Bean
		@Order(1)
		NamedPipeServerCustomizer first() {
			return (name, builder) -> builder.pipe().maxInstances(7);
		}

		@Bean
		NamedPipeClientCustomizer client() {
			return (name, builder) -> builder.pipe().connectTimeout(Duration.ofSeconds(name.equals("billing") ? 9 : 1));
		}

	}

	/**
	 * Leaves its socket open, as the pool of a library may.
	 */
	abstract static class SocketUser implements AutoCloseable {

		private final Supplier<SocketFactory> sockets;

		private Socket socket;

		SocketUser(Supplier<SocketFactory> sockets) {
			this.sockets = sockets;
		}

		void connect() throws IOException {
			this.socket = this.sockets.get().createSocket("localhost", 1);
		}

		@Override
		public void close() throws IOException {
			this.socket.getOutputStream().write("bye".getBytes(StandardCharsets.UTF_8));
		}

	}

	static class EagerSocketUser extends SocketUser {

		EagerSocketUser(NamedPipeSocketFactory sockets) {
			super(() -> sockets);
		}

	}

	static class LazySocketUser extends SocketUser {

		LazySocketUser(@Lazy NamedPipeSocketFactory sockets) {
			super(() -> sockets);
		}

	}

	/**
	 * Of which the container does not know that it uses the factory.
	 */
	static class AskingSocketUser extends SocketUser {

		AskingSocketUser(ObjectProvider<SocketFactory> sockets) {
			super(sockets::getObject);
		}

	}

}
