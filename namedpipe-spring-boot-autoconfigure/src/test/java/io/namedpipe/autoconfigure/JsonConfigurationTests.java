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

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.integration.channel.QueueChannel;
import org.springframework.integration.core.MessagingTemplate;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.javapoet.ClassName;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHandlingException;
import org.springframework.messaging.MessagingException;
import org.springframework.messaging.support.GenericMessage;
import tools.jackson.core.JsonParser;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.json.JsonMapper;

import io.namedpipe.DropReason;
import io.namedpipe.PipeClient;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeServer;
import io.namedpipe.framing.LineTerminator;
import io.namedpipe.framing.MalformedPayloadException;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.framing.MessageReader;
import io.namedpipe.framing.MessageWriter;
import io.namedpipe.framing.PayloadFormat;
import io.namedpipe.integration.NamedPipeServer;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * {@code payload.type: json}, from properties to what is on the pipe.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class JsonConfigurationTests {

	private static final MessageFraming LINES = MessageFraming.line(LineTerminator.LF);

	private static final PayloadFormat TEXT = PayloadFormat.text(StandardCharsets.UTF_8);

	private static final String ORDER = Order.class.getName();

	private static final long SOON = Duration.ofSeconds(20).toMillis();

	private final String pipeName = TestTransport.PLATFORM.newPipeName();

	private final QueueChannel errors = new QueueChannel();

	private final QueueChannel orders = new QueueChannel();

	private @Nullable PipeServer server;

	@AfterEach
	void close() {
		if (this.server != null) {
			this.server.close();
		}
	}

	private ApplicationContextRunner bare() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(IntegrationAutoConfiguration.class,
					NamedPipeAutoConfiguration.class, NamedPipeMetricsAutoConfiguration.class))
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withBean("errors", QueueChannel.class, () -> this.errors)
			.withBean("orders", QueueChannel.class, () -> this.orders);
	}

	private ApplicationContextRunner runner(String entry, String... properties) {
		return properties(bare().withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class)), entry,
				properties);
	}

	private ApplicationContextRunner properties(ApplicationContextRunner runner, String entry, String... properties) {
		String prefix = "namedpipe." + entry + ".";
		ApplicationContextRunner result = runner.withPropertyValues(prefix + "pipe-name=" + this.pipeName,
				prefix + "framing.type=line", prefix + "payload.type=json");
		for (String property : properties) {
			result = result.withPropertyValues(prefix + property);
		}
		return result;
	}

	private static void count(AssertableApplicationContext context, int expected) {
		assertThat(context.getBean(MeterRegistry.class)
			.get("namedpipe.errors")
			.tag("type", "payload")
			.functionCounter()
			.count()).isEqualTo(expected);
	}

	private void talk(Consumer<Lines> conversation) {
		try (PipeClient client = TestTransport.PLATFORM.client(this.pipeName).build();
				PipeConnection connection = client.connect();
				MessageReader reader = LINES.reader(connection, TEXT);
				MessageWriter writer = LINES.writer(connection, TEXT)) {
			conversation.accept(new Lines(reader, writer));
		}
		catch (Exception ex) {
			throw new AssertionError(ex);
		}
	}

	private void serve(String... replies) throws Exception {
		PipeServer server = TestTransport.PLATFORM.server(this.pipeName).build();
		server.start();
		server.serve((connection) -> {
			try (MessageReader reader = LINES.reader(connection, TEXT);
					MessageWriter writer = LINES.writer(connection, TEXT)) {
				for (String reply : replies) {
					Object request = reader.read();
					if (request == null) {
						return;
					}
					writer.write(reply.replace("REQUEST", request.toString()));
				}
				reader.read();
			}
		});
		this.server = server;
	}

	@Test
	void whenServerHasTargetTypeThenFlowIsTypedInAndOut() {
		runner("server.shop", "gateway.channel=requests", "payload.target-type=" + ORDER)
			.withBean("flow", IntegrationFlow.class,
					() -> IntegrationFlow.from("requests")
						.handle(Order.class, (order, headers) -> new Order(order.item() + "s", order.count() * 2))
						.get())
			.run((context) -> talk((lines) -> assertThat(lines.exchange("{\"item\":\"nut\",\"count\":2}"))
				.isEqualTo("{\"item\":\"nuts\",\"count\":4}")));
	}

	@Test
	void whenTargetTypeIsGenericThenElementsHaveIt() {
		runner("server.shop", "inbound.channel=orders", "payload.target-type=java.util.List<" + ORDER + ">")
			.run((context) -> talk((lines) -> {
				lines.send("[{\"item\":\"nut\",\"count\":2}]");

				assertThat(receive(this.orders).getPayload()).isEqualTo(List.of(new Order("nut", 2)));
			}));
	}

	@Test
	void whenThereIsNoTargetTypeThenPayloadsAreTrees() {
		runner("server.shop", "inbound.channel=orders").run((context) -> talk((lines) -> {
			lines.send("{\"big\":12345678901234567890,\"none\":null}");

			assertThat(receive(this.orders).getPayload()).isInstanceOfSatisfying(JsonNode.class, (tree) -> {
				assertThat(tree.get("big").bigIntegerValue()).hasToString("12345678901234567890");
				assertThat(tree.get("none").isNull()).isTrue();
			});
		}));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "{\"item\":  | no valid JSON", "{\"item\":\"x\",\"count\":\"many\"} | at /count",
					"null | is null", "[1] | not what is expected", "{} {} | not what is expected",
					"'' | not what is expected", "'\u0001' | no valid JSON" })
	void whenRequestIsMalformedThenItIsAnsweredAndConnectionGoesOn(String request, String expected,
			CapturedOutput output) {
		runner("server.shop", "gateway.channel=requests", "payload.target-type=" + ORDER)
			.withBean("flow", IntegrationFlow.class,
					() -> IntegrationFlow.from("requests").handle(Order.class, (order, headers) -> order).get())
			.run((context) -> {
				talk((lines) -> {
					assertThat(lines.exchange(request)).startsWith("{\"error\":\"The request is ")
						.contains(expected)
						.doesNotContain("io.namedpipe", "java.");
					assertThat(lines.exchange(request)).startsWith("{\"error\":\"");
					assertThat(lines.exchange("{\"item\":\"nut\",\"count\":2}"))
						.isEqualTo("{\"item\":\"nut\",\"count\":2}");
				});

				count(context, 2);
				assertThat(output).containsOnlyOnce("'shop' got a message that it cannot read");
			});
	}

	@Test
	void whenErrorChannelAnswersThenPeerGetsItsAnswer() {
		runner("server.shop", "gateway.channel=requests", "gateway.error-channel=problems")
			.withBean("flow", IntegrationFlow.class, () -> IntegrationFlow.from("requests").bridge().get())
			.withBean("problemFlow", IntegrationFlow.class,
					() -> IntegrationFlow.from("problems")
						.handle(MessagingException.class,
								(failure, headers) -> Map.of("bad",
										new String((byte[]) failure.getFailedMessage().getPayload())))
						.get())
			.run((context) -> talk((lines) -> {
				assertThat(lines.exchange("{oops")).isEqualTo("{\"bad\":\"{oops\"}");
				assertThat(lines.exchange("[1]")).isEqualTo("[1]");
			}));
	}

	@Test
	void whenInboundMessageIsMalformedThenErrorChannelGetsItAndTheNextComes() {
		runner("server.shop", "inbound.channel=orders", "inbound.error-channel=errors")
			.run((context) -> talk((lines) -> {
				lines.send("{oops");
				lines.send("7");

				assertThat(receive(this.errors).getPayload())
					.asInstanceOf(InstanceOfAssertFactories.throwable(MessagingException.class))
					.hasMessageContaining("Received by 'shop'")
					.satisfies((ex) -> assertThat(ex.getFailedMessage().getPayload()).isEqualTo("{oops".getBytes()))
					.hasCauseInstanceOf(MalformedPayloadException.class);
				assertThat(receive(this.orders).getPayload()).hasToString("7");
				count(context, 1);
			}));
	}

	@Test
	void whenNobodyReceivesThenWhatIsNoJsonIsDroppedAndThePeerStays() {
		runner("server.shop", "outbound.channel=out").run((context) -> talk((lines) -> {
			NamedPipeServer server = context.getBean(NamedPipeServer.class);
			lines.send("hello");
			await().atMost(Duration.ofMillis(SOON))
				.until(() -> server.statistics().dropped(DropReason.NO_RECEIVER) == 1);
			context.getBean("out", MessageChannel.class).send(new GenericMessage<>(Map.of("a", 1)));

			assertThat(lines.next()).isEqualTo("{\"a\":1}");
			assertThat(server.statistics().errors(PipeErrorType.PAYLOAD)).isZero();
		}));
	}

	@Test
	void whenDeserializerOfApplicationThrowsThenThatIsMalformedToo() {
		runner("server.shop", "gateway.channel=requests", "payload.target-type=" + Picky.class.getName())
			.withBean("flow", IntegrationFlow.class,
					() -> IntegrationFlow.from("requests").transform(Picky.class, Picky::number).get())
			.run((context) -> {
				talk((lines) -> {
					assertThat(lines.exchange("\"zz\"")).startsWith("{\"error\":");
					assertThat(lines.exchange("\"7\"")).isEqualTo("7");
				});
				count(context, 1);
			});
	}

	@Test
	void whenDeserializerThrowsForAReplyThenOnlyItsSenderSuffers() throws Exception {
		serve("\"zz\"", "\"7\"");
		runner("client.shop", "gateway.channel=requests", "gateway.max-connections=1",
				"payload.target-type=" + Picky.class.getName())
			.run((context) -> {
				MessagingTemplate template = new MessagingTemplate(context.getBean("requests", MessageChannel.class));

				assertThatExceptionOfType(MessageHandlingException.class)
					.isThrownBy(() -> template.convertSendAndReceive("1", Picky.class))
					.withMessageContaining("The reply from 'shop' cannot be read");
				assertThat(template.convertSendAndReceive("1", Picky.class)).isEqualTo(new Picky(7));
			});
	}

	@Test
	void whenKeyIsLongThenTheAnswerFitsAllTheSame() {
		runner("server.shop", "framing.type=length-header", "framing.length.bytes=1", "gateway.channel=requests",
				"payload.target-type=java.util.Map<java.lang.String,java.lang.Integer>")
			.withBean("flow", IntegrationFlow.class, () -> IntegrationFlow.from("requests").bridge().get())
			.run((context) -> {
				MessageFraming framing = MessageFraming.lengthHeader(1, ByteOrder.BIG_ENDIAN);
				try (PipeClient client = TestTransport.PLATFORM.client(this.pipeName).build();
						PipeConnection connection = client.connect();
						MessageReader reader = framing.reader(connection, TEXT);
						MessageWriter writer = framing.writer(connection, TEXT)) {
					writer.write("{\"" + "k".repeat(200) + "\":\"x\"}");
					assertThat((String) reader.read()).startsWith("{\"error\":").contains("kkk...");
					writer.write("{\"a\":1}");
					assertThat(reader.read()).isEqualTo("{\"a\":1}");
				}
			});
	}

	@Test
	void whenPeerSendsLineFeedsThenItWritesNoLineOfTheLog(CapturedOutput output) {
		runner("server.shop", "gateway.channel=requests", "payload.target-type=" + ORDER)
			.withBean("flow", IntegrationFlow.class, () -> IntegrationFlow.from("requests").bridge().get())
			.run((context) -> talk((lines) -> {
				lines.exchange("{\"item\":\"i\",\"count\":\"a\\n2026 ERROR forged\"}");
				lines.exchange("{\"item\":\"i\",\"count\":\"a\\u009b2J\"}");
				lines.exchange("{\"a\\n2026 ERROR forged\":{}}");
			}));

		assertThat(output.getAll()).contains("'shop' got a message that it cannot read").doesNotContain("\u009b");
		assertThat(output.getAll().lines()).noneMatch((line) -> line.startsWith("2026 ERROR forged"));
	}

	@Test
	void whenNameHasLineFeedsThenNoExceptionHasThem() {
		runner("server.shop", "inbound.channel=orders", "inbound.error-channel=errors",
				"payload.target-type=java.util.Map<java.lang.String,java.lang.Integer>")
			.run((context) -> talk((lines) -> {
				lines.send("{\"a\\n2026 ERROR forged\":\"x\"}");

				assertThat(receive(this.errors).getPayload()).isInstanceOfSatisfying(Throwable.class, (failure) -> {
					StringWriter trace = new StringWriter();
					failure.printStackTrace(new PrintWriter(trace));
					assertThat(trace.toString().lines()).noneMatch((line) -> line.startsWith("2026 ERROR forged"));
				});
			}));
	}

	@Test
	void whenACauseHasLineFeedsThenNoExceptionHasThem() {
		runner("server.shop", "inbound.channel=orders", "inbound.error-channel=errors",
				"payload.target-type=" + Wrapped.class.getName())
			.run((context) -> talk((lines) -> {
				lines.send("{\"name\":\"a\\n2026 ERROR forged\"}");

				assertThat(receive(this.errors).getPayload()).isInstanceOfSatisfying(Throwable.class, (failure) -> {
					StringWriter trace = new StringWriter();
					failure.printStackTrace(new PrintWriter(trace));
					assertThat(trace.toString().lines()).noneMatch((line) -> line.startsWith("2026 ERROR forged"));
				});
			}));
	}

	@ParameterizedTest
	@ValueSource(classes = { Fatal.class, Silent.class })
	void whenReadingFailsInAnyWayThenThePeerIsAnswered(Class<?> type) {
		runner("server.shop", "gateway.channel=requests", "payload.target-type=" + type.getName())
			.withBean("flow", IntegrationFlow.class, () -> IntegrationFlow.from("requests").bridge().get())
			.run((context) -> talk((lines) -> {
				assertThat(lines.exchange("{\"name\":\"a\"}")).startsWith("{\"error\":");
				assertThat(lines.exchange("{\"name\":\"b\"}")).startsWith("{\"error\":");
			}));
	}

	@Test
	void whenElementsCannotBeMadeThenStartSaysSo() {
		runner("server.shop", "gateway.channel=requests", "payload.target-type=java.util.List<java.lang.Runnable>")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("namedpipe.server.shop.payload.target-type")
				.hasStackTraceContaining("Jackson cannot make such objects"));
	}

	@Test
	void whenClassOfPayloadsCannotBeLoadedThenStartSaysSo() {
		runner("server.shop", "gateway.channel=requests", "payload.target-type=" + Unloadable.class.getName())
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("namedpipe.server.shop.payload.target-type")
				.hasStackTraceContaining("cannot be loaded"));
	}

	@Test
	void whenErrorChannelGivesNoAnswerThenConnectionGoesOn() {
		runner("server.shop", "gateway.channel=requests", "gateway.error-channel=errors", "gateway.reply-timeout=200ms")
			.withBean("flow", IntegrationFlow.class, () -> IntegrationFlow.from("requests").bridge().get())
			.run((context) -> talk((lines) -> {
				assertThat(lines.exchange("{oops")).startsWith("{\"error\":");
				assertThat(lines.exchange("[1]")).isEqualTo("[1]");
				assertThat(receive(this.errors).getPayload()).isInstanceOf(MessagingException.class);
			}));
	}

	@Test
	void whenApplicationWrapsItsRootsThenTheAnswerIsTheSame() {
		runner("server.shop", "gateway.channel=requests")
			.withPropertyValues("spring.jackson.serialization.wrap-root-value=true")
			.withBean("flow", IntegrationFlow.class, () -> IntegrationFlow.from("requests").bridge().get())
			.run((context) -> talk((lines) -> assertThat(lines.exchange("{oops")).startsWith("{\"error\":")));
	}

	@Test
	void whenMalformedIsToCloseThenConnectionIsClosed() {
		runner("server.shop", "inbound.channel=orders", "payload.on-malformed=close").run((context) -> talk((lines) -> {
			lines.send("{oops");

			assertThat(lines.next()).isNull();
		}));
	}

	@Test
	void whenFrameHasHeadersThenErrorMessageHasThemToo() {
		runner("server.shop", "framing.type=content-length", "inbound.channel=orders", "inbound.error-channel=errors")
			.run((context) -> {
				try (PipeClient client = TestTransport.PLATFORM.client(this.pipeName).build();
						PipeConnection connection = client.connect()) {
					connection.outputStream()
						.write("Content-Length: 1\r\nX-Id: 5\r\n\r\n{Content-Length: 1\r\nX-Id: 6\r\n\r\n6".getBytes());

					Message<?> failed = ((MessagingException) receive(this.errors).getPayload()).getFailedMessage();
					assertThat(failed.getHeaders()).containsEntry("X-Id", "5");
					assertThat(receive(this.orders).getHeaders()).containsEntry("X-Id", "6");
				}
			});
	}

	@Test
	void whenReplyToClientIsMalformedThenOnlyItsSenderSuffers() throws Exception {
		serve("{oops", "REQUEST");
		runner("client.shop", "gateway.channel=requests", "gateway.max-connections=1", "payload.target-type=" + ORDER)
			.run((context) -> {
				MessagingTemplate template = new MessagingTemplate(context.getBean("requests", MessageChannel.class));

				assertThatExceptionOfType(MessageHandlingException.class)
					.isThrownBy(() -> template.convertSendAndReceive(new Order("nut", 1), Order.class))
					.withMessageContaining("The reply from 'shop' cannot be read")
					.withStackTraceContaining("MalformedPayloadException");
				assertThat(template.convertSendAndReceive(new Order("nut", 2), Order.class))
					.isEqualTo(new Order("nut", 2));
				count(context, 1);
			});
	}

	@Test
	void whenPayloadCannotBeWrittenThenSenderIsToldAndNothingSent() throws Exception {
		serve("REQUEST");
		runner("client.shop", "gateway.channel=requests").run((context) -> {
			MessagingTemplate template = new MessagingTemplate(context.getBean("requests", MessageChannel.class));

			assertThatExceptionOfType(MessagingException.class)
				.isThrownBy(() -> template.convertSendAndReceive(new Endless(), Object.class))
				.withMessageContaining("Endless cannot be written as JSON");
			assertThat(template.convertSendAndReceive("[1]", Object.class)).hasToString("[1]");
		});
	}

	@Test
	void whenMapperIndentsThenAMessageIsOneLineAllTheSame() throws Exception {
		serve("REQUEST");
		runner("client.shop", "gateway.channel=requests",
				"payload.target-type=java.util.Map<java.lang.String,java.lang.Integer>")
			.withPropertyValues("spring.jackson.serialization.indent-output=true")
			.run((context) -> assertThat(new MessagingTemplate(context.getBean("requests", MessageChannel.class))
				.convertSendAndReceive(Map.of("a", 1), Object.class)).isEqualTo(Map.of("a", 1)));
	}

	@Test
	void whenApplicationHasMapperOfItsOwnThenItIsUsed() {
		properties(bare(), "server.shop", "inbound.channel=orders")
			.withBean(JsonMapper.class, () -> JsonMapper.builder().enable(JsonReadFeature.ALLOW_SINGLE_QUOTES).build())
			.run((context) -> talk((lines) -> {
				lines.send("{'a':1}");

				assertThat(receive(this.orders).getPayload()).hasToString("{\"a\":1}");
			}));
	}

	@ParameterizedTest
	@CsvSource({ "bytes", "text" })
	void whenPayloadsAreOthersThenTreesAreAcceptedForSending(String type) throws Exception {
		serve("REQUEST");
		runner("client.shop", "gateway.channel=requests", "payload.type=" + type).run((context) -> {
			Object reply = new MessagingTemplate(context.getBean("requests", MessageChannel.class))
				.convertSendAndReceive(JsonMapper.shared().readTree("{\"a\":[1]}"), Object.class);

			assertThat((reply instanceof byte[] bytes) ? new String(bytes) : reply).isEqualTo("{\"a\":[1]}");
		});
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenChildSpeaksJsonThenItIsTypedBothWays() {
		bare().withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class))
			.withPropertyValues("namedpipe.process.cat.command=cat", "namedpipe.process.cat.to-child.channel=toCat",
					"namedpipe.process.cat.to-child.payload.type=json",
					"namedpipe.process.cat.from-child.channel=orders",
					"namedpipe.process.cat.from-child.payload.type=json",
					"namedpipe.process.cat.from-child.payload.target-type=" + ORDER)
			.run((context) -> {
				context.getBean("toCat", MessageChannel.class).send(new GenericMessage<>(new Order("nut", 3)));

				assertThat(receive(this.orders).getPayload()).isEqualTo(new Order("nut", 3));
			});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "payload.charset=UTF-16LE | payload.charset | JSON is in UTF-8",
			"payload.on-malformed=replace | payload.on-malformed | take the place of JSON",
			"payload.target-type=com.acme.Missing | payload.target-type | There is no such class",
			"payload.target-type=java.util.List<com.acme.Missing> | payload.target-type | There is no such class",
			"payload.target-type=java.util.Map<java.lang.String> | payload.target-type | no such type",
			"payload.target-type=java.lang.Runnable | payload.target-type | cannot make such objects",
			"framing.type=raw | payload.type | where a value ends",
			"payload.target-type=java.util.List< | payload.target-type | There is no such class",
			"payload.type=text,payload.target-type=java.util.Map | payload.target-type | json",
			"payload.type=bytes,payload.on-malformed=close | payload.on-malformed | json" })
	void whenPropertyIsWrongThenStartSaysWhich(String properties, String name, String reason) {
		String[] all = ("inbound.channel=orders," + properties).split(",");

		runner("server.shop", all).run((context) -> assertRefused(context, "namedpipe.server.shop." + name, reason));
	}

	@Test
	void whenThereIsNoMapperThenStartSaysWhatToAdd() {
		properties(bare(), "server.shop", "inbound.channel=orders").run((context) -> assertRefused(context,
				"namedpipe.server.shop.payload.type", "org.springframework.boot:spring-boot-starter-jackson"));
	}

	private static void assertRefused(AssertableApplicationContext context, String name, String reason) {
		assertThat(context).hasFailed();
		assertThat(NestedExceptionUtils.getMostSpecificCause(context.getStartupFailure()))
			.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (ex) -> {
				assertThat(ex.getName()).isEqualTo(name);
				assertThat(ex.getReason()).contains(reason);
			});
	}

	@Test
	void whenApplicationIsProcessedAheadOfTimeThenTargetTypesAreKept() {
		runner("server.shop", "inbound.channel=orders", "payload.target-type=java.util.List<" + ORDER + ">")
			.run((context) -> {
				DefaultGenerationContext generation = new DefaultGenerationContext(
						new ClassNameGenerator(ClassName.get("com.acme", "App")), new InMemoryGeneratedFiles());

				new TargetTypesAotProcessor().processAheadOfTime(context.getBeanFactory()).applyTo(generation, null);

				assertThat(RuntimeHintsPredicates.reflection().onType(Order.class))
					.accepts(generation.getRuntimeHints());
			});
	}

	private static Message<?> receive(QueueChannel channel) {
		Message<?> message = channel.receive(SOON);
		assertThat(message).as("a message").isNotNull();
		return message;
	}

	record Order(String item, int count) {
	}

	record Wrapped(@Nullable String name) {

		Wrapped {
			throw new IllegalArgumentException("bad", new IllegalStateException("not " + name));
		}

	}

	record Fatal(@Nullable String name) {

		Fatal {
			if (name != null) {
				throw new StackOverflowError();
			}
		}

	}

	@JsonDeserialize(using = SilentDeserializer.class)
	record Silent(String name) {
	}

	static class SilentDeserializer extends ValueDeserializer<Silent> {

		@Override
		public Silent deserialize(JsonParser parser, DeserializationContext context) {
			throw DatabindException.from(parser, (String) null);
		}

	}

	static class Unloadable {

		static final int NUMBER = Integer.parseInt("x");

	}

	@JsonDeserialize(using = PickyDeserializer.class)
	record Picky(int number) {
	}

	static class PickyDeserializer extends ValueDeserializer<Picky> {

		@Override
		public Picky deserialize(JsonParser parser, DeserializationContext context) {
			return new Picky(Integer.parseInt(parser.getString()));
		}

	}

	static class Endless {

		public Object getSelf() {
			throw new IllegalStateException("no end");
		}

	}

	/**
	 * What a peer says and hears.
	 */
	private record Lines(MessageReader reader, MessageWriter writer) {

		void send(String line) {
			try {
				this.writer.write(line);
			}
			catch (Exception ex) {
				throw new AssertionError(ex);
			}
		}

		@Nullable String next() {
			try {
				return (String) this.reader.read();
			}
			catch (Exception ex) {
				throw new AssertionError(ex);
			}
		}

		@Nullable String exchange(String line) {
			send(line);
			return next();
		}

	}

}
