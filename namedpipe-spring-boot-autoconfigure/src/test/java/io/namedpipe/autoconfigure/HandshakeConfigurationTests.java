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

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.integration.core.MessagingTemplate;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.messaging.MessageChannel;

import io.namedpipe.CloseReason;
import io.namedpipe.PipeClient;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeServer;
import io.namedpipe.framing.LineTerminator;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.framing.MessageReader;
import io.namedpipe.framing.MessageWriter;
import io.namedpipe.framing.PayloadFormat;
import io.namedpipe.integration.NamedPipeClient;
import io.namedpipe.integration.NamedPipeServer;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * The frames before the first message, as configured.
 */
@Timeout(60)
class HandshakeConfigurationTests {

	private static final MessageFraming LINES = MessageFraming.line(LineTerminator.LF);

	private static final PayloadFormat TEXT = PayloadFormat.text(StandardCharsets.UTF_8);

	private static final Duration SOON = Duration.ofSeconds(20);

	private final String pipeName = TestTransport.PLATFORM.newPipeName();

	private ApplicationContextRunner runner(String entry, String... properties) {
		String prefix = "namedpipe." + entry + ".";
		ApplicationContextRunner runner = new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(IntegrationAutoConfiguration.class, NamedPipeAutoConfiguration.class))
			.withPropertyValues(prefix + "pipe-name=" + this.pipeName, prefix + "framing.type=line",
					prefix + "payload.type=text");
		for (String property : properties) {
			runner = runner.withPropertyValues(prefix + property);
		}
		return runner;
	}

	private static void greet(PipeConnection connection, String greeting) throws Exception {
		try (MessageReader reader = LINES.reader(connection, TEXT);
				MessageWriter writer = LINES.writer(connection, TEXT)) {
			writer.write(greeting);
			Object next = reader.read();
			while (next != null) {
				writer.write("re: " + next);
				next = reader.read();
			}
		}
	}

	@Test
	void whenServerGreetsThenClientGatewayTakesTheGreetingForNoReply() throws Exception {
		try (PipeServer server = TestTransport.PLATFORM.server(this.pipeName).build()) {
			server.start();
			server.serve((connection) -> greet(connection, "+OK ready"));

			runner("client.ledger", "handshake[0].expect=+OK*", "handshake[1].send=HELLO",
					"handshake[2].expect=/^re: HELLO$/", "gateway.channel=requests")
				.run((context) -> {
					MessagingTemplate template = new MessagingTemplate(
							context.getBean("requests", MessageChannel.class));
					for (int i = 0; i < 3; i++) {
						assertThat(template.convertSendAndReceive("question " + i, String.class))
							.isEqualTo("re: question " + i);
					}
				});
		}
	}

	@Test
	void whenServerSaysSomethingElseThenFaultSaysWhat() throws Exception {
		try (PipeServer server = TestTransport.PLATFORM.server(this.pipeName).build()) {
			server.start();
			server.serve((connection) -> greet(connection, "-ERR closed today"));

			runner("client.ledger", "handshake[0].expect=+OK*", "inbound.channel=in")
				.withBean("flow", IntegrationFlow.class, () -> IntegrationFlow.from("in").nullChannel())
				.run((context) -> {
					NamedPipeClient client = context.getBean(NamedPipeClient.class);
					await().atMost(SOON)
						.untilAsserted(() -> assertThat(client.fault()).hasValueSatisfying(
								(fault) -> assertThat(fault).hasMessageContaining("but got '-ERR closed today'")));
				});
		}
	}

	@Test
	void whenClientCompletesHandshakeThenItMayBeSlowAfterwards() {
		runner("server.ledger", "handshake[0].send=+OK", "handshake[1].expect=HELLO *", "handshake-timeout=1s",
				"gateway.channel=requests")
			.withBean("flow", IntegrationFlow.class,
					() -> IntegrationFlow.from("requests").transform("'re: ' + payload").get())
			.run((context) -> {
				try (PipeClient client = TestTransport.PLATFORM.client(this.pipeName).build();
						PipeConnection mute = client.connect();
						PipeConnection connection = client.connect()) {
					NamedPipeServer server = context.getBean(NamedPipeServer.class);
					MessageReader reader = LINES.reader(connection, TEXT);
					MessageWriter writer = LINES.writer(connection, TEXT);
					assertThat(reader.read()).isEqualTo("+OK");
					writer.write("HELLO me");

					// the mute one is turned away when the time is up, and this one is
					// not
					assertThat(LINES.reader(mute, TEXT).read()).isEqualTo("+OK");
					assertThat(mute.inputStream().read()).isEqualTo(-1);

					writer.write("question");
					assertThat(reader.read()).isEqualTo("re: question");
					assertThat(server.statistics().closed(CloseReason.PROTOCOL)).isZero();
				}
			});
	}

	@Test
	void whenThereIsAHandshakeThenItHasALimitByDefault() {
		assertThat(Properties.server("handshake[0].expect=HELLO").builder().pipe())
			.hasFieldOrPropertyWithValue("handshakeTimeout", Duration.ofSeconds(10));
		assertThat(Properties.server("handshake[0].expect=HELLO", "handshake-timeout=3s").builder().pipe())
			.hasFieldOrPropertyWithValue("handshakeTimeout", Duration.ofSeconds(3));
	}

	@Test
	void whenServerOnlyGreetsThenClientsMayKeepSilentAsLongAsBefore() {
		assertThat(Properties.server("handshake[0].send=+OK").builder().pipe())
			.hasFieldOrPropertyWithValue("handshakeTimeout", null);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			handshake[0].expect=A handshake[0].send=B                | handshake[0].expect | begin each step with a dash
			handshake[0].expect=A handshake[1].send=${NOT_SET}       | handshake[1].send   | Nothing sets 'NOT_SET'
			handshake[0].expect=A type=fifo direction=in             | handshake           | share one stream
			handshake[0].expect=A direction=out                      | handshake[0].expect | Nothing can be read
			handshake[0].send=A direction=in                         | handshake[0].send   | Nothing can be written
			""")
	void whenStepIsNoneThenNamesIt(String properties, String property, String reason) {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> Properties.server(properties.split(" ")))
			.satisfies((ex) -> assertThat(ex.getName()).isEqualTo("namedpipe.server.orders." + property))
			.satisfies((ex) -> assertThat(ex.getReason()).contains(reason));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			framing.type=raw        | handshake[0].expect=A    | handshake           | raw framing does not tell
			framing.type=length-header payload.charset=UTF-16 | handshake[0].expect=A | handshake | UTF-16BE
			framing.type=line       | handshake[0].expect=/(/  | handshake[0].expect | regular expression
			payload.charset=US-ASCII| handshake[0].send=ü      | handshake[0].send   | US-ASCII
			""")
	void whenFramingCannotCarryStepThenNamesIt(String properties, String step, String property, String reason) {
		runner("server.orders", (properties + " " + step).split(" ")).run((context) -> assertThat(context).getFailure()
			.rootCause()
			.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (ex) -> {
				assertThat(ex.getName()).isEqualTo("namedpipe.server.orders." + property);
				assertThat(ex.getReason()).contains(reason);
			}));
	}

}
