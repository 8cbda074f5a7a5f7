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

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.channel.QueueChannel;

import io.namedpipe.PipeServer;
import io.namedpipe.TransmissionMode;
import io.namedpipe.integration.NamedPipeServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What is printed when an application with a mistake in its configuration starts.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartFailureTests {

	@TempDir
	private Path directory;

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void whenServerOfThisProcessHasNameThenSaysSo(CapturedOutput output) throws Exception {
		try (PipeServer server = PipeServer.builder("orders").directory(this.directory).build()) {
			server.start();
			start("--namedpipe.server.orders.backlog=5");
			assertThat(output).contains("The pipe of 'namedpipe.server.orders' could not be started")
				.contains(this.directory.resolve("CoreFxPipe_orders").toString())
				.contains("is being served by this very process already: by another PipeServer")
				.contains("'namedpipe.server.orders.pipe-name'");
			assertThat(server.isRunning()).isTrue();
		}
	}

	@Test
	void whenSocketFactoryHasEndpointThenSaysWhatToRemove(CapturedOutput output) {
		start("--namedpipe.client.billing.socket-factory=true", "--namedpipe.client.billing.inbound.channel=in");
		assertThat(output).contains("'namedpipe.client.billing.socket-factory'")
			.contains("remove 'namedpipe.client.billing.inbound'");
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenThereIsNoSuchProgramThenNamesTheCommand(CapturedOutput output) {
		start("--namedpipe.process.worker.command=no-such-program",
				"--namedpipe.process.worker.from-child.channel=ordersIn");
		assertThat(output).contains("The pipe of 'namedpipe.process.worker' could not be started")
			.contains("There is no program 'no-such-program'")
			.contains("Correct 'namedpipe.process.worker.command'");
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenTheWorkingDirectoryIsMissingThenNamesIt(CapturedOutput output) {
		start("--namedpipe.process.worker.command=cat", "--namedpipe.process.worker.working-directory=/does/not/exist",
				"--namedpipe.process.worker.from-child.channel=ordersIn");
		assertThat(output).contains("/does/not/exist").contains("'namedpipe.process.worker.working-directory'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "process.worker.from-child.framing.line.terminator=crlf",
			"process.worker.from-child.framing.in.type=line", "process.worker.to-child.framing.out.type=line",
			"process.worker.to-child.payload.target-type=java.util.Map",
			"process.worker.to-child.payload.on-malformed=replace", "server.orders.framing.in.line.terminator=crlf",
			"client.billing.framing.in.line.terminator=lf" })
	void whenAKeyMeansNothingThenSaysWhich(String property, CapturedOutput output) {
		start("--namedpipe.process.worker.command=cat", "--namedpipe.process.worker.from-child.channel=replies",
				"--namedpipe.process.worker.to-child.channel=orders", "--namedpipe.server.orders.inbound.channel=in",
				"--namedpipe.client.billing.inbound.channel=in", "--namedpipe." + property);
		assertThat(output).contains("Property: namedpipe." + property.substring(0, property.indexOf('=')))
			.contains("were left unbound");
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenAHandleIsNoNumberThenSaysWhatItHasToBe(CapturedOutput output) {
		start("--namedpipe.client.parent.handle=pipe", "--namedpipe.client.parent.direction=out");
		assertThat(output).contains("The handle 'pipe' is not a number of a descriptor")
			.contains("Correct 'namedpipe.client.parent.handle'");
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenAHandleIsNotOpenThenSaysWhoHasToStartTheProcess(CapturedOutput output) {
		start("--namedpipe.client.parent.handle=54321", "--namedpipe.client.parent.direction=out");
		assertThat(output).contains("The handle '54321' is not open in this process; start it by the process")
			.contains("Correct 'namedpipe.client.parent.handle'");
	}

	@ParameterizedTest
	@EnabledOnOs(OS.LINUX)
	@ValueSource(strings = { "transmission-mode=byte", "transmission-mode=message", "type=fifo" })
	void whenTheServerIsOnAnotherMachineThenNamesThatProperty(String other, CapturedOutput output) {
		start("--namedpipe.client.orders.server-name=box", "--namedpipe.client.orders." + other,
				"--namedpipe.client.orders.direction=in");
		assertThat(output)
			.contains("Invalid value 'box' for configuration property 'namedpipe.client.orders.server-name'")
			.contains("use '.'");
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void whenFolderIsMissingThenSaysWhich(CapturedOutput output) {
		start("--namedpipe.server.orders.pipe-name=/does/not/exist/orders");
		assertThat(output).contains("Folder /does/not/exist does not exist").contains("'namedpipe.directory'");
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void whenAnotherFileIsAtFifoPathThenFailsAndLeavesIt(CapturedOutput output) throws Exception {
		Path file = Files.writeString(this.directory.resolve("intake"), "precious");
		start("--namedpipe.server.intake.type=fifo", "--namedpipe.server.intake.direction=in",
				"--namedpipe.server.intake.inbound.channel=ordersIn");
		assertThat(output).contains("The pipe of 'namedpipe.server.intake' could not be started")
			.contains(file + " is a file that is not a FIFO. It is left alone: remove it, or choose another name")
			.contains("'namedpipe.server.intake.pipe-name'");
		assertThat(file).hasContent("precious");
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void whenAFifoIsToGoBothWaysThenSaysWhatToSet(CapturedOutput output) {
		start("--namedpipe.server.intake.type=fifo", "--namedpipe.server.intake.inbound.channel=ordersIn");
		assertThat(output).contains("'namedpipe.server.intake.direction'").contains("'in'").contains("'out'");
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void whenPathIsTooLongThenSaysWhatWouldFit(CapturedOutput output) {
		start("--namedpipe.server.orders.pipe-name=" + "x".repeat(120));
		assertThat(output).contains("namedpipe.server.orders.pipe-name")
			.containsPattern("has \\d+ bytes, \\d+ more than the \\d+")
			.containsPattern("a name of at most \\d+ bytes fits into " + this.directory);
	}

	@Test
	void whenPrincipalIsUnknownThenNamesProperty(CapturedOutput output) {
		start("--namedpipe.server.orders.access.allow[0].principal=Everyone",
				"--namedpipe.server.orders.access.allow[1].principal=nobody-of-that-name");
		assertThat(output).contains("nobody-of-that-name")
			.contains("Correct 'namedpipe.server.orders.access.allow[1].principal'");
	}

	@Test
	void whenSddlIsBadThenSaysWhereAndWhy(CapturedOutput output) {
		start("--namedpipe.server.orders.access.sddl=D:(A;;XX;;;AU)");
		assertThat(output)
			.contains("Invalid value 'D:(A;;XX;;;AU)' for configuration property "
					+ "'namedpipe.server.orders.access.sddl'")
			.contains("Invalid SDDL at position");
	}

	@Test
	void whenChannelHasNoConsumerThenSaysWhichChannelsThereAre(CapturedOutput output) {
		start("--namedpipe.server.orders.inbound.channel=ordersInn");
		assertThat(output)
			.contains("Property 'namedpipe.server.orders.inbound.channel' names the channel 'ordersInn', which is not "
					+ "declared and from which nobody consumes")
			.contains("- ordersIn");
	}

	@Test
	void whenErrorChannelIsMissingThenSaysWhichChannelsThereAre(CapturedOutput output) {
		start("--namedpipe.server.orders.inbound.channel=ordersIn",
				"--namedpipe.server.orders.inbound.error-channel=failures");
		assertThat(output).contains(
				"Property 'namedpipe.server.orders.inbound.error-channel' names the bean 'failures', which does not exist")
			.contains("Add a MessageChannel named 'failures'")
			.contains("- errorChannel");
	}

	@ParameterizedTest
	@ValueSource(strings = { "inbound.channel=ordersIn inbound.error-channel",
			"gateway.channel=ordersIn gateway.error-channel", "inbound.channel", "outbound.channel",
			"gateway.channel" })
	void whenChannelIsOtherBeanThenSaysWhichChannelsThereAre(String properties, CapturedOutput output) {
		String[] arguments = (properties + "=clashNamedPipeServer").split(" ");
		start(Stream.of(arguments).map("--namedpipe.server.orders."::concat).toArray(String[]::new));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("names the bean 'clashNamedPipeServer', which is a java.lang.String and not a MessageChannel")
			.contains("- errorChannel");
	}

	@Test
	void whenGatewayErrorChannelIsMissingThenListsChannels(CapturedOutput output) {
		start("--namedpipe.server.orders.gateway.channel=ordersIn",
				"--namedpipe.server.orders.gateway.error-channel=failures");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains(
					"Property 'namedpipe.server.orders.gateway.error-channel' names the bean 'failures', which does not")
			.contains("- errorChannel");
	}

	@Test
	void whenOtherContextServesNameThenSaysWhichBeanOfWhich(CapturedOutput output) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		try (ConfigurableApplicationContext first = application.run("--namedpipe.directory=" + this.directory,
				"--namedpipe.server.first.pipe-name=orders", "--namedpipe.server.first.gateway.channel=ordersIn")) {
			start("--namedpipe.server.orders.gateway.channel=ordersIn");
			assertThat(output).contains("is being served by this very process already: by the server 'first'")
				.contains("bean 'firstNamedPipeServer' of the application context '" + first.getDisplayName() + "'")
				.contains("namedpipe.server.orders.pipe-name=test-${random.uuid}");
			assertThat(first.getBean(NamedPipeServer.class).isRunning()).isTrue();
		}
	}

	@Test
	void whenTwoEntriesHaveOneNameThenSaysWhich(CapturedOutput output) {
		start("--namedpipe.server.a.pipe-name=orders", "--namedpipe.server.a.gateway.channel=ordersIn",
				"--namedpipe.server.b.pipe-name=orders", "--namedpipe.server.b.gateway.channel=ordersIn");
		assertThat(output).contains("The pipe of 'namedpipe.server.b' could not be started")
			.contains("is being served by this very process already: by the server 'a'")
			.contains("Give one of the two another name with 'namedpipe.server.b.pipe-name'");
	}

	@Test
	void whenCodecIsMissingThenSaysWhatItHasToBe(CapturedOutput output) {
		start("--namedpipe.server.orders.framing.type=custom", "--namedpipe.server.orders.framing.codec=myCodec");
		assertThat(output).contains("Property 'namedpipe.server.orders.framing.codec' names the bean 'myCodec'")
			.contains("a FrameCodec, or a Serializer that is a Deserializer as well");
	}

	@Test
	void whenCodecIsOfAnotherTypeThenSaysWhatItIs(CapturedOutput output) {
		start("--namedpipe.server.orders.framing.type=custom", "--namedpipe.server.orders.framing.codec=ordersIn");
		assertThat(output).contains("which is a org.springframework.integration.channel.QueueChannel");
	}

	@Test
	void whenBeanNameIsTakenThenSaysByWhat(CapturedOutput output) {
		start("--namedpipe.server.clash.backlog=5");
		assertThat(output).contains("The bean name 'clashNamedPipeServer' is needed for a pipe");
	}

	@Test
	void whenLogicalNameIsUsedTwiceThenNamesBothEntries(CapturedOutput output) {
		start("--namedpipe.server.orders.backlog=5", "--namedpipe.client.orders.pipe-name=x");
		assertThat(output).contains("'namedpipe.client.orders'")
			.contains("The logical name is taken by 'namedpipe.server.orders'");
	}

	@Test
	void whenFramingInMessageModeThenSaysWhatToRemove(CapturedOutput output) {
		start("--namedpipe.server.orders.transmission-mode=message", "--namedpipe.server.orders.framing.type=line");
		assertThat(output)
			.contains("Invalid value 'message' for configuration property "
					+ "'namedpipe.server.orders.transmission-mode'")
			.contains("remove 'namedpipe.server.orders.framing'");
	}

	@Test
	void whenPropertiesExcludeEachOtherThenNamesBoth(CapturedOutput output) {
		start("--namedpipe.server.orders.inbound.channel=ordersIn",
				"--namedpipe.server.orders.gateway.channel=ordersIn");
		assertThat(output).contains("mutually exclusive")
			.contains("namedpipe.server.orders.inbound.channel")
			.contains("namedpipe.server.orders.gateway.channel");
	}

	@Test
	void whenValueIsWrongThenSaysValueAndFix(CapturedOutput output) {
		start("--namedpipe.server.orders.max-instances=0");
		assertThat(output)
			.contains("Invalid value '0' for configuration property 'namedpipe.server.orders.max-instances'")
			.contains("It must be 1 or more, or -1 for no limit");
	}

	@ParameterizedTest
	@ValueSource(strings = { "server.a.idle-timeout", "server.a.write-timeout", "server.a.drain-timeout",
			"server.a.handshake-timeout", "server.a.gateway.reply-timeout", "client.a.connect-timeout",
			"client.a.drain-timeout", "client.a.reconnect.delay", "client.a.reconnect.max-delay",
			"client.a.reconnect.jitter", "client.a.gateway.reply-timeout", "process.a.stop-timeout" })
	void whenTimeIsTooLongThenNamesProperty(String property, CapturedOutput output) {
		start("--namedpipe." + property + "=106751d", "--namedpipe.process.a.command=cat",
				"--namedpipe.process.a.to-child.channel=ordersIn",
				"--namedpipe.process.a.enabled=" + property.startsWith("process"),
				"--namedpipe.server.a.enabled=" + property.startsWith("server"),
				"--namedpipe.server.a.gateway.channel=ordersIn", "--namedpipe.client.a.gateway.channel=ordersIn",
				"--namedpipe.client.a.enabled=" + property.startsWith("client"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Invalid value '106751d' for configuration property 'namedpipe." + property + "'")
			.contains("It must be 36500d or less");
	}

	@ParameterizedTest
	@ValueSource(strings = { "NaN", "Infinity", "1e999", "0.5" })
	void whenMultiplierIsNoUseThenNamesProperty(String multiplier, CapturedOutput output) {
		start("--namedpipe.client.a.reconnect.multiplier=" + multiplier);
		assertThat(output).contains("for configuration property 'namedpipe.client.a.reconnect.multiplier'")
			.contains("It must be a number of 1 or more");
	}

	@Test
	void whenPropertyIsMisspeltThenStartFails() {
		assertThatException().isThrownBy(() -> run("--namedpipe.server.orders.max-instance=3"))
			.withStackTraceContaining("max-instance");
	}

	@Test
	void whenServerIsNotThereAndStartupMustNotFailThenSaysWhatToDo(CapturedOutput output) {
		start("--namedpipe.client.billing.startup-failure=stop", "--namedpipe.client.billing.wait-for-server=false");
		assertThat(output).contains("The pipe of 'namedpipe.client.billing' could not be started")
			.contains("set 'namedpipe.client.billing.startup-failure' to 'retry'");
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenServerIsOfAnotherModeThenSaysWhatToSet(CapturedOutput output) throws Exception {
		try (PipeServer server = PipeServer.builder("orders")
			.directory(this.directory)
			.transmissionMode(TransmissionMode.MESSAGE)
			.build()) {
			server.start();
			start("--namedpipe.client.orders.startup-failure=stop");
			assertThat(output).contains("The pipe of 'namedpipe.client.orders' could not be started")
				.contains("message mode")
				.contains("Set 'namedpipe.client.orders.transmission-mode' to that of the other end");
		}
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenServerIsOfAnotherUserThanToBeThenSaysWhose(CapturedOutput output) throws Exception {
		try (PipeServer server = PipeServer.builder("orders").directory(this.directory).build()) {
			server.start();
			start("--namedpipe.client.orders.startup-failure=stop",
					"--namedpipe.client.orders.verify-server-user=nobody");
			assertThat(output).contains("The pipe of 'namedpipe.client.orders' could not be started")
				.contains("is served by user " + System.getProperty("user.name"), "not by user nobody (",
						") as required: nothing was sent to it")
				.contains("Find out who serves the pipe, or correct 'namedpipe.client.orders.verify-server-user'");
		}
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenMessagesDoNotFitIntoBuffersOfTheSystemThenSaysWhatWould(CapturedOutput output) {
		start("--namedpipe.server.orders.transmission-mode=message",
				"--namedpipe.server.orders.max-message-size=100MB");
		assertThat(output).contains("The pipe of 'namedpipe.server.orders' could not be started")
			.containsPattern("set max-message-size to \\d+ or less")
			.contains("raise the limit of the system");
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void whenFolderIsNotWritableForEveryoneSafelyThenSaysWhy(CapturedOutput output) throws Exception {
		Path unsafe = Files.createDirectory(this.directory.resolve("unsafe"));
		Files.setPosixFilePermissions(unsafe, PosixFilePermissions.fromString("rwxrwxrwx"));
		start("--namedpipe.server.orders.pipe-name=" + unsafe + "/orders");
		assertThat(output).contains("Folder " + unsafe + " is writable for everyone and not sticky");
	}

	private void start(String... arguments) {
		assertThatException().isThrownBy(() -> run(arguments));
	}

	private void run(String... arguments) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		List<String> all = new ArrayList<>(List.of(arguments));
		all.add("--namedpipe.directory=" + this.directory);
		all.add("--spring.main.banner-mode=off");
		application.run(all.toArray(String[]::new)).close();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ IntegrationAutoConfiguration.class, NamedPipeAutoConfiguration.class })
	static class Application {

		@Bean
		QueueChannel ordersIn() {
			return new QueueChannel();
		}

		@Bean
		String clashNamedPipeServer() {
			return "mine";
		}

	}

}
