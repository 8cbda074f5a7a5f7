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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.integration.channel.QueueChannel;
import org.springframework.integration.core.MessagingTemplate;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.support.GenericMessage;

import io.namedpipe.testsupport.PeerProcess;
import io.namedpipe.testsupport.RequiresCommand;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Real programs, with the framing that the page on framing says for them.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class ProgramFramingTests {

	private static final Duration SOON = Duration.ofSeconds(40);

	private static final Path PAGE = Path.of("docs/framing.md");

	private final List<PeerProcess> programs = new ArrayList<>();

	private final QueueChannel received = new QueueChannel();

	@TempDir
	private Path folder;

	@AfterEach
	void close() {
		this.programs.forEach(PeerProcess::close);
	}

	private ApplicationContextRunner runner(String entry, String program, String... properties) throws IOException {
		String yaml = "namedpipe.%s.framing: %s%n".formatted(entry, framing(program));
		List<String> values = new ArrayList<>();
		for (String property : properties) {
			values.add("namedpipe." + entry + "." + property);
		}
		return new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(IntegrationAutoConfiguration.class, NamedPipeAutoConfiguration.class))
			.withInitializer((context) -> {
				try {
					new YamlPropertySourceLoader()
						.load("page", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
						.forEach(context.getEnvironment().getPropertySources()::addLast);
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			})
			.withPropertyValues(values.toArray(String[]::new))
			.withBean("received", QueueChannel.class, () -> this.received);
	}

	/**
	 * The YAML in the table of programs.
	 */
	private static String framing(String program) throws IOException {
		Pattern row = Pattern.compile("\\| " + Pattern.quote(program) + " \\| `([^`]+)` \\|.*");
		return Files.readAllLines(PAGE)
			.stream()
			.map(row::matcher)
			.filter(Matcher::matches)
			.map((match) -> match.group(1))
			.findFirst()
			.orElseThrow(() -> new AssertionError("The page does not have '" + program + "'"));
	}

	private void start(Path socket, String... command) throws IOException {
		this.programs.add(PeerProcess.start(command));
		Awaitility.await().atMost(SOON).until(() -> Files.exists(socket));
	}

	private static String ask(AssertableApplicationContext context, String request) {
		return String.valueOf(new MessagingTemplate(context.getBean("ask", MessageChannel.class))
			.convertSendAndReceive(request, String.class));
	}

	private String receive() {
		Message<?> message = this.received.receive(SOON.toMillis());
		assertThat(message).isNotNull();
		return message.getPayload().toString();
	}

	private Path haproxy() throws IOException {
		Path socket = this.folder.resolve("s");
		Path configuration = Files.writeString(this.folder.resolve("cfg"), """
				global
				  stats socket %s mode 600 level admin
				defaults
				  timeout client 5s
				  timeout server 5s
				  timeout connect 5s
				""".formatted(socket));
		start(socket, "haproxy", "-db", "-f", configuration.toString());
		return socket;
	}

	@Test
	@RequiresCommand("haproxy")
	void whenHaproxyAnswersUntilCloseThenReplyIsWhole() throws Exception {
		Path socket = haproxy();

		runner("client.haproxy", "**HAProxy**, one command", "pipe-name=" + socket, "payload.type=text",
				"gateway.channel=ask", "gateway.connections=single-use")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(ask(context, "show version")).matches("\\d+\\.\\d+.*\\n\\n");
				assertThat(ask(context, "show info")).contains("Name: HAProxy\n").contains("\nPid: ");
			});
	}

	@Test
	@RequiresCommand("haproxy")
	void whenHaproxyPromptsThenConnectionStays() throws Exception {
		Path socket = haproxy();

		runner("client.haproxy", "**HAProxy** after `prompt`", "pipe-name=" + socket, "payload.type=text",
				"gateway.channel=ask", "gateway.max-connections=1")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(ask(context, "prompt")).isEmpty();
				assertThat(ask(context, "show version")).matches("\\d+\\.\\d+.*\\n");
				assertThat(ask(context, "show version")).matches("\\d+\\.\\d+.*\\n");
			});
	}

	@Test
	@RequiresCommand("erl")
	void whenErlangPortThenPacketsGoBothWays() throws Exception {
		String program = "P = open_port({fd, {in}, {out}}, [{packet, 4}, binary, eof]), "
				+ "F = fun(G) -> receive {P, {data, D}} -> port_command(P, <<\"re:\", D/binary>>), G(G); "
				+ "{P, eof} -> halt() end end, F(F).";

		runner("process.erlang.to-child", "**Erlang**, packet 4", "channel=toErlang")
			.withPropertyValues("namedpipe.process.erlang.command[0]=erl",
					"namedpipe.process.erlang.command[1]=-noshell", "namedpipe.process.erlang.command[2]=-noinput",
					"namedpipe.process.erlang.command[3]=-eval", "namedpipe.process.erlang.command[4]=" + program,
					"namedpipe.process.erlang.from-child.framing.type=length-header",
					"namedpipe.process.erlang.from-child.channel=received",
					"namedpipe.process.erlang.from-child.payload.type=text")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				MessageChannel channel = context.getBean("toErlang", MessageChannel.class);
				channel.send(new GenericMessage<>("hello"));
				channel.send(new GenericMessage<>("x"));

				assertThat(receive()).isEqualTo("re:hello");
				assertThat(receive()).isEqualTo("re:x");
			});
	}

	@Test
	@RequiresCommand("/usr/lib/browserpass/browserpass-native")
	void whenHostOfBrowserThenItAnswersInNativeOrder() throws Exception {
		runner("process.host.from-child", "**Chrome native messaging**", "channel=received", "payload.type=text")
			.withPropertyValues("namedpipe.process.host.command[0]=sh", "namedpipe.process.host.command[1]=-c",
					"namedpipe.process.host.command[2]=exec /usr/lib/browserpass/browserpass-native <&{in} >&{out}",
					"namedpipe.process.host.to-child.channel=toHost",
					"namedpipe.process.host.to-child.framing.type=length-header",
					"namedpipe.process.host.to-child.framing.length.byte-order=native")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				context.getBean("toHost", MessageChannel.class)
					.send(new GenericMessage<>("{\"settings\":{},\"action\":\"echo\",\"echoResponse\":{\"a\":1}}"));

				assertThat(receive()).isEqualTo("{\"a\":1}\n");
			});
	}

	@Test
	@RequiresCommand("qemu-storage-daemon")
	void whenQemuGreetsThenJsonGoesBothWays() throws Exception {
		Path socket = this.folder.resolve("s");
		start(socket, "qemu-storage-daemon", "--chardev", "socket,id=m,path=" + socket + ",server=on,wait=off",
				"--monitor", "chardev=m");

		runner("client.qemu", "**QEMU** (QMP)", "pipe-name=" + socket, "payload.type=text", "inbound.channel=received",
				"outbound.channel=toQemu")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(receive()).startsWith("{\"QMP\":").endsWith("}");
				MessageChannel channel = context.getBean("toQemu", MessageChannel.class);
				channel.send(new GenericMessage<>("{\"execute\":\"qmp_capabilities\"}"));
				channel.send(new GenericMessage<>("{\"execute\":\"query-version\",\"id\":{\"a\":[1]}}"));

				assertThat(receive()).isEqualTo("{\"return\": {}}");
				assertThat(receive()).contains("\"qemu\"").endsWith("\"id\": {\"a\": [1]}}");
			});
	}

	@Test
	@RequiresCommand("postmap")
	void whenPostfixAsksThenItGetsTheAnswer() throws Exception {
		Path socket = this.folder.resolve("s");

		runner("server.map", "**Postfix** socketmap", "pipe-name=" + socket, "payload.type=text",
				"gateway.channel=lookup")
			.withBean("lookup", DirectChannel.class, DirectChannel::new)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				List<String> asked = new ArrayList<>();
				context.getBean("lookup", DirectChannel.class).subscribe((message) -> {
					asked.add(message.getPayload().toString());
					reply(message, "OK bar");
				});
				try (PeerProcess postmap = PeerProcess.start("postmap", "-q", "foo",
						"socketmap:unix:" + socket + ":mymap")) {
					assertThat(postmap.output().lines().toList()).contains("bar");
				}
				assertThat(asked).containsExactly("mymap foo");
			});
	}

	private static void reply(Message<?> request, String text) {
		Object channel = request.getHeaders().getReplyChannel();
		assertThat(channel).isInstanceOf(MessageChannel.class);
		((MessageChannel) channel).send(new GenericMessage<>(text, new MessageHeaders(null)));
	}

}
