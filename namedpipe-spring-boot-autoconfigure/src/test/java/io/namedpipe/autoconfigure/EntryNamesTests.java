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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.env.RandomValuePropertySource;
import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.integration.channel.QueueChannel;
import org.springframework.util.ClassUtils;

import io.namedpipe.integration.NamedPipe;
import io.namedpipe.integration.NamedPipeClient;
import io.namedpipe.integration.NamedPipeProcess;
import io.namedpipe.integration.NamedPipeServer;
import io.namedpipe.testsupport.ShortName;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Keys and names of entries as they come out of files, the environment and the command
 * line.
 */
@ExtendWith(OutputCaptureExtension.class)
class EntryNamesTests {

	private static final String FILE = """
			namedpipe:
			  server:
			    my-orders:
			      pipe-name: orders
			      gateway:
			        channel: in
			""";

	@TempDir
	private Path directory;

	@ParameterizedTest
	@CsvSource({ "NAMEDPIPE_SERVER_MYORDERS_MAXINSTANCES", "NAMEDPIPE_SERVER_MYORDERS_MAX_INSTANCES",
			"NAMEDPIPE_SERVER_MY_ORDERS_MAX_INSTANCES" })
	void whenEnvironmentOverridesThenEntryIsChanged(String variable) throws Exception {
		try (ConfigurableApplicationContext context = run(FILE, Map.of(variable, "7"))) {
			assertThat(context.getBeansOfType(NamedPipe.class)).containsOnlyKeys("my-ordersNamedPipeServer");
			NamedPipeServer server = context.getBean(NamedPipeServer.class);
			assertThat(server.pipe().maxInstances()).isEqualTo(7);
			assertThat(server.address()).endsWith(ShortName.endOfAddress("orders"));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "namedpipe.server.my-orders.max-instances", "namedpipe.server.myOrders.maxInstances",
			"namedpipe.server.my_orders.max_instances", "namedpipe.server.MYORDERS.MAXINSTANCES",
			"namedPipe.server.myorders.max-instances" })
	void whenCommandLineOverridesThenEntryIsChanged(String property) throws Exception {
		try (ConfigurableApplicationContext context = run(FILE, Map.of(), "--" + property + "=7")) {
			assertThat(context.getBeansOfType(NamedPipe.class)).containsOnlyKeys("my-ordersNamedPipeServer");
			NamedPipeServer server = context.getBean(NamedPipeServer.class);
			assertThat(server.pipe().maxInstances()).isEqualTo(7);
			assertThat(server.address()).endsWith(ShortName.endOfAddress("orders"));
		}
	}

	@ParameterizedTest
	@CsvSource({ "NAMEDPIPE_SERVER_MYORDERS_PIPENAME, 0644", "NAMEDPIPE_SERVER_MYORDERS_PIPE_NAME, 0644",
			"NAMEDPIPE_SERVER_MY_ORDERS_PIPE_NAME, 0644", "NAMEDPIPE_SERVER_MYORDERS_PIPE_NAME, t-${random.uuid}",
			"NAMEDPIPE_SERVER_MY_ORDERS_PIPE_NAME, t-${random.uuid}" })
	void whenValueThatWouldBeKeptIsOverriddenThenItIsNot(String variable, String name) throws Exception {
		try (ConfigurableApplicationContext context = run(FILE.replace("pipe-name: orders", "pipe-name: " + name),
				Map.of(variable, "prod"))) {
			assertThat(context.getBeansOfType(NamedPipe.class)).containsOnlyKeys("my-ordersNamedPipeServer");
			assertThat(context.getBean(NamedPipeServer.class).address()).endsWith(ShortName.endOfAddress("prod"));
			assertThat(context.getBean(Reader.class).name()).isEqualTo("prod");
		}
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenCommandThatWouldBeKeptIsOverriddenThenItIsNot() throws Exception {
		String file = "namedpipe:\n  process:\n    w:\n      command: [cat, 0644]\n      to-child: {channel: in}\n"
				+ "      auto-startup: false\n  server: {my-orders: {pipe-name: x}}\n";
		try (ConfigurableApplicationContext context = run(file, Map.of("NAMEDPIPE_PROCESS_W_COMMAND", "cat,-"))) {
			assertThat(context.getBean(NamedPipeProcess.class).pipe().command()).containsExactly("cat", "-");
		}
		try (ConfigurableApplicationContext context = run(file, Map.of(), "--namedpipe.process.w.command=cat,-")) {
			assertThat(context.getBean(NamedPipeProcess.class).pipe().command()).containsExactly("cat", "-");
		}
	}

	@Test
	void whenVariablesSpellKeyInTwoWaysThenBothCount() throws Exception {
		try (ConfigurableApplicationContext context = run(FILE, Map.of("NAMEDPIPE_SERVER_MYORDERS_MAX_INSTANCES", "7",
				"NAMEDPIPE_SERVER_MY_ORDERS_MAX_MESSAGE_SIZE", "9"))) {
			assertThat(context.getBeansOfType(NamedPipe.class)).containsOnlyKeys("my-ordersNamedPipeServer");
			assertThat(context.getBean(NamedPipeServer.class).pipe().maxInstances()).isEqualTo(7);
			assertThat(context.getBean(NamedPipeServer.class).pipe().maxMessageSize()).isEqualTo(9);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "NAMEDPIPE_SERVER_MYORDERS_MAX_INSTANCES", "NAMEDPIPE_SERVER_MY_ORDERS_MAX_INSTANCES" })
	void whenVariableIsWrongThenSaysWhich(String variable, CapturedOutput output) {
		assertThatException().isThrownBy(() -> run(FILE, Map.of(variable, "0")));
		assertThat(output)
			.contains("Invalid value '0' for configuration property 'namedpipe.server.my-orders.max-instances'")
			.contains(variable);
	}

	@ParameterizedTest
	@ValueSource(strings = { "größe", "a/b", "${NAME}" })
	void whenKeyWouldLoseCharactersThenSaysToPutItInBrackets(String key, CapturedOutput output) {
		assertThatException().isThrownBy(() -> run(FILE + "    " + key + ":\n      backlog: 5\n", Map.of()));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("namedpipe.server." + key + ".backlog")
			.contains("application.yml] - 8:16")
			.contains("in brackets and quotes: \"[" + key + "]\"");
	}

	@Test
	void whenKeysInBracketsDifferThenTheyAreTwoEntries() throws Exception {
		String file = FILE + "    a-b: {backlog: 5}\n    \"[a/b]\": {pipe-name: c}\n    \"[größe]\": {pipe-name: d}\n";
		try (ConfigurableApplicationContext context = run(file, Map.of())) {
			assertThat(context.getBeansOfType(NamedPipe.class)).containsOnlyKeys("my-ordersNamedPipeServer",
					"a-bNamedPipeServer", "a/bNamedPipeServer", "größeNamedPipeServer");
		}
	}

	@Test
	void whenEntryIsOnlyInEnvironmentThenIsThere() throws Exception {
		try (ConfigurableApplicationContext context = run(FILE,
				Map.of("NAMEDPIPE_SERVER_EVENTS_INBOUND_CHANNEL", "in"))) {
			assertThat(context.getBeansOfType(NamedPipe.class)).containsOnlyKeys("my-ordersNamedPipeServer",
					"eventsNamedPipeServer");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "myOrders", "my_orders", "MY-ORDERS" })
	void whenFileHasTwoSpellingsThenSaysWhere(String spelling, CapturedOutput output) {
		String file = FILE + "    " + spelling + ":\n      backlog: 5\n";
		assertThatException().isThrownBy(() -> run(file, Map.of()));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("'my-orders'")
			.contains("'" + spelling + "'")
			.contains("application.yml] - 4:18")
			.contains("application.yml] - 8:16")
			.contains("are the same");
	}

	@Test
	void whenServerAndClientAreOneInUniformFormThenNamesBothSources(CapturedOutput output) {
		String file = FILE + "  client:\n    myOrders:\n      pipe-name: other\n";
		assertThatException().isThrownBy(() -> run(file, Map.of()));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("namedpipe.client.myOrders")
			.contains("application.yml] - 9:18")
			.contains("is taken by 'namedpipe.server.my-orders'")
			.contains("application.yml] - 4:18");
	}

	@ParameterizedTest
	@ValueSource(strings = { "namedpipe.server.my-orders.pipe-name", "namedpipe.server.my-orders.gateway.channel",
			"namedpipe.server.my-orders.gateway.error-channel", "namedpipe.directory",
			"namedpipe.server.my-orders.access.allow[0].principal", "namedpipe.client.c.server-name",
			"namedpipe.client.c.verify-server-user" })
	void whenPlaceholderIsNotSetThenSaysWhich(String property, CapturedOutput output) {
		assertThatException().isThrownBy(() -> run(FILE, Map.of(), "--" + property + "=a${NOT_SET}"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Invalid value 'a${NOT_SET}' for configuration property '" + property + "'")
			.contains("Nothing sets 'NOT_SET'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "0644", "0x10", "1e3", "12:30", "off", "1.50", "1_000", "+5" })
	void whenYamlTakesTextForOtherThenIsWhatIsWritten(String text) throws Exception {
		String file = FILE.replace("pipe-name: orders", "pipe-name: " + text + " # as it is")
				+ "  client: {c: {server-name: ., pipe-name: " + text + ", verify-server-user: " + text + "}}\n";
		try (ConfigurableApplicationContext context = run(file, Map.of(), "--namedpipe.client.c.auto-startup=false")) {
			assertThat(context.getBean(NamedPipeServer.class).address()).endsWith(ShortName.endOfAddress(text));
			assertThat(context.getBean(NamedPipeClient.class).address()).endsWith(ShortName.endOfAddress(text));
			assertThat(context.getBean(Reader.class).name()).isEqualTo(text);
			assertThat(context.getBean(NamedPipeProperties.class).getClient().get("c").getVerifyServerUser())
				.isEqualTo(text);
		}
	}

	@Test
	void whenDelimiterIsNotInQuotesThenIsWhatIsWritten() throws Exception {
		String file = FILE + "      framing: {type: delimiter, delimiter: 0x00}\n";
		try (ConfigurableApplicationContext context = run(file, Map.of())) {
			assertThat(context.getBean(NamedPipeServer.class).framing()).hasToString("delimiter (0x00)");
		}
	}

	@Test
	void whenDelimiterHasAnchorThenIsWhatIsWritten() throws Exception {
		String file = FILE + "      framing: {type: delimiter, delimiter: &end 0x00}\n"
				+ "    other: {framing: {type: delimiter, delimiter: *end}}\n";
		try (ConfigurableApplicationContext context = run(file, Map.of())) {
			assertThat(context.getBeansOfType(NamedPipeServer.class).values()).hasSize(2)
				.allSatisfy((server) -> assertThat(server.framing()).hasToString("delimiter (0x00)"));
		}
	}

	@Test
	void whenPlaceholderInDelimiterIsNotSetThenSaysWhich(CapturedOutput output) {
		String file = FILE + "      framing: {type: delimiter, delimiter: '${NOT_SET}'}\n";
		assertThatException().isThrownBy(() -> run(file, Map.of()));
		assertThat(output).contains("'namedpipe.server.my-orders.framing.delimiter'")
			.contains("Nothing sets 'NOT_SET'");
	}

	@Test
	@EnabledOnOs({ OS.LINUX, OS.WINDOWS })
	void whenCommandLooksLikeNumbersThenIsWhatIsWritten() throws Exception {
		String file = "namedpipe:\n  process:\n    w:\n      command: [cat, 0644, off, 1.50]\n"
				+ "      environment: {MODE: 0644}\n      to-child: {channel: in}\n" + "      auto-startup: false\n"
				+ "  server: {my-orders: {pipe-name: x}}\n";
		try (ConfigurableApplicationContext context = run(file, Map.of())) {
			assertThat(context.getBean(NamedPipeProcess.class).pipe().command()).containsExactly("cat", "0644", "off",
					"1.50");
			assertThat(context.getBean(NamedPipeProperties.class).getProcess().get("w").getEnvironment())
				.containsEntry("MODE", "0644");
		}
	}

	@Test
	void whenKeyIsTakenForBooleanThenSaysToQuoteIt(CapturedOutput output) {
		assertThatException().isThrownBy(() -> run(FILE + "    on:\n      backlog: 5\n", Map.of()));
		assertThat(output).contains("APPLICATION FAILED TO START").contains("Put the key in quotes");
	}

	@Test
	void whenRightsAreMaskThenSaysWhichNamesThereAre(CapturedOutput output) {
		String file = FILE + "      access: {allow: [{principal: Everyone, rights: 0x1}]}\n";

		assertThatException().isThrownBy(() -> run(file, Map.of()));

		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Property: namedpipe.server.my-orders.access.allow[0].rights")
			.contains("'0x1' is a number, and not one of the names")
			.contains("The following values are valid:")
			.contains("READ_WRITE");
	}

	@ParameterizedTest
	@MethodSource("propertiesWithNames")
	void whenPropertyIsOneOfNamesThenNumberIsRefused(String property) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(new MapPropertySource("test", Map.of(property, 0)));

		assertThatExceptionOfType(BindException.class).isThrownBy(() -> NamedPipeProperties.from(environment))
			.withMessageContaining(property)
			.withRootCauseInstanceOf(IllegalArgumentException.class)
			.withStackTraceContaining("'0' is a number, and not one of the names");
	}

	static Stream<String> propertiesWithNames() throws Exception {
		List<Map<String, Object>> properties = JsonPath
			.read(new ClassPathResource("META-INF/additional-spring-configuration-metadata.json")
				.getContentAsString(StandardCharsets.UTF_8), "$.properties[?(@.type =~ /io\\.namedpipe\\..*/)]");
		return properties.stream()
			.filter((property) -> ClassUtils.resolveClassName(property.get("type").toString(), null).isEnum())
			.map((property) -> property.get("name").toString().replace(".*.", ".entry.").replace("[*]", "[0]"));
	}

	@Test
	void whenPropertyIsTextThenIsKnownToBe() throws Exception {
		List<Map<String, Object>> properties = JsonPath
			.read(new ClassPathResource("META-INF/additional-spring-configuration-metadata.json")
				.getContentAsString(StandardCharsets.UTF_8), "$.properties[?(@.type =~ /.*(String|Path|Charset).*/)]");
		assertThat(properties).hasSizeGreaterThan(20)
			.allSatisfy((property) -> assertThat(
					YamlText.isText(ConfigurationPropertyName.of(property.get("name").toString().replace("*", "0"))))
				.as(property.get("name").toString())
				.isTrue());
	}

	@Test
	void whenNameIsRandomThenOthersReadTheOneThatIsServed() throws Exception {
		String file = FILE + "  client:\n    c:\n      pipe-name: ${namedpipe.server.my-orders.pipe-name}\n";
		try (ConfigurableApplicationContext context = run(file, Map.of(),
				"--namedpipe.server.my-orders.pipe-name=t-${test.id}", "--test.id=${random.uuid}")) {
			String served = context.getBean(NamedPipeServer.class).address();
			assertThat(served).endsWith(ShortName.endOfAddress(context.getBean(Reader.class).name()));
			assertThat(context.getBean(NamedPipeClient.class).address()).isEqualTo(served);
			assertThat(context.getEnvironment().getProperty("namedpipe.server.my-orders.pipe-name"))
				.isEqualTo(context.getBean(Reader.class).name());
			assertThat(UUID.fromString(context.getBean(Reader.class).name().substring("t-".length()))).isNotNull();
		}
	}

	@ParameterizedTest
	@CsvSource({ "${app.pipe}, ${app.pipe}, t-${random.uuid}",
			"t-${random.int(2)}, ${app.pipe}, ${namedpipe.server.my-orders.pipe-name}",
			"${app.pipe}-${random.int}, ${namedpipe.server.my-orders.pipe-name}, t" })
	void whenNameIsRandomThroughOthersThenIsOne(String server, String client, String shared) throws Exception {
		String file = FILE.replace("pipe-name: orders", "pipe-name: " + server) + "  client:\n    c:\n      pipe-name: "
				+ client + "\napp.pipe: " + shared + "\n";
		for (int i = 0; i < 5; i++) {
			try (ConfigurableApplicationContext context = run(file, Map.of(),
					"--namedpipe.client.c.auto-startup=false")) {
				String served = context.getBean(NamedPipeServer.class).address();
				assertThat(served).endsWith(ShortName.endOfAddress(context.getBean(Reader.class).name()));
				assertThat(context.getBean(NamedPipeClient.class).address()).isEqualTo(served);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "NAMEDPIPE_SERVER_MYORDERS_PIPENAME", "NAMEDPIPE_SERVER_MYORDERS_PIPE_NAME",
			"NAMEDPIPE_SERVER_MY_ORDERS_PIPE_NAME" })
	void whenVariableIsRandomThenOthersReadTheOneThatIsServed(String variable) throws Exception {
		try (ConfigurableApplicationContext context = run(FILE, Map.of(variable, "t-${random.uuid}"))) {
			assertThat(context.getBeansOfType(NamedPipe.class)).containsOnlyKeys("my-ordersNamedPipeServer");
			assertThat(context.getBean(NamedPipeServer.class).address())
				.endsWith(ShortName.endOfAddress(context.getBean(Reader.class).name()));
		}
	}

	@Test
	void whenContextsShareAnEnvironmentThenKeptValuesStay() {
		ConfigurableEnvironment environment = new StandardEnvironment();
		RandomValuePropertySource.addToEnvironment(environment);
		environment.getPropertySources()
			.addLast(new MapPropertySource("first", Map.of("namedpipe.server.a.pipe-name", "${random.uuid}")));
		PinnedPropertyValues.keep(environment);
		String name = environment.getProperty("namedpipe.server.a.pipe-name");
		environment.getPropertySources()
			.addLast(new MapPropertySource("second", Map.of("namedpipe.server.b.pipe-name", "${random.uuid}")));
		PinnedPropertyValues.keep(environment);
		assertThat(environment.getProperty("namedpipe.server.a.pipe-name")).isEqualTo(name);
		assertThat(environment.getProperty("namedpipe.server.b.pipe-name"))
			.isEqualTo(environment.getProperty("namedpipe.server.b.pipe-name"));
	}

	@Test
	void whenNameIsRandomThenItIsTheSameInTheSpellingOfTheFile() throws Exception {
		String file = FILE.replace("pipe-name: orders", "pipeName: t-${random.uuid}");
		try (ConfigurableApplicationContext context = run(file, Map.of())) {
			String name = context.getEnvironment().getProperty("namedpipe.server.my-orders.pipeName");
			assertThat(context.getBean(NamedPipeServer.class).address()).endsWith(ShortName.endOfAddress(name));
		}
	}

	@Test
	@EnabledOnOs({ OS.LINUX, OS.WINDOWS })
	void whenPartOfCommandIsRandomThenTheRestIsAsWritten() throws Exception {
		String file = "namedpipe:\n  process:\n    w:\n      command: [cat, '-', '${random.uuid}', last]\n"
				+ "      to-child: {channel: in}\n" + "      auto-startup: false\n"
				+ "  server: {my-orders: {pipe-name: x}}\n";
		try (ConfigurableApplicationContext context = run(file, Map.of())) {
			assertThat(context.getBean(NamedPipeProcess.class).pipe().command()).hasSize(4)
				.startsWith("cat", "-")
				.endsWith("last");
		}
	}

	private ConfigurableApplicationContext run(String file, Map<String, Object> variables, String... arguments)
			throws Exception {
		Files.writeString(this.directory.resolve("application.yml"), file);
		ConfigurableEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new SystemEnvironmentPropertySource(
					StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setEnvironment(environment);
		List<String> all = new ArrayList<>();
		all.add("--spring.config.location=" + this.directory + "/");
		if (List.of(arguments).stream().noneMatch((argument) -> argument.startsWith("--namedpipe.directory"))) {
			all.add("--namedpipe.directory=" + this.directory);
		}
		all.addAll(List.of(arguments));
		return application.run(all.toArray(String[]::new));
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ IntegrationAutoConfiguration.class, NamedPipeAutoConfiguration.class })
	static class Application {

		@Bean
		QueueChannel in() {
			return new QueueChannel();
		}

		@Bean
		Reader reader(@Value("${namedpipe.server.my-orders.pipe-name}") String name) {
			return new Reader(name);
		}

	}

	record Reader(String name) {
	}

}
