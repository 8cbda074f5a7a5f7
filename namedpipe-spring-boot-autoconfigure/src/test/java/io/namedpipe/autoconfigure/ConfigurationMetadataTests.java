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
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

import javax.tools.JavaCompiler;
import javax.tools.JavaCompiler.CompilationTask;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.configurationprocessor.ConfigurationMetadataAnnotationProcessor;
import org.springframework.core.io.ClassPathResource;
import org.springframework.util.ClassUtils;

import io.namedpipe.PipeServer;
import io.namedpipe.access.AccessRights;
import io.namedpipe.access.AccessRules;
import io.namedpipe.testsupport.NotUnderWine;
import io.namedpipe.testsupport.WineLimit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the configuration metadata. The processor does not look into the values of a
 * map; what it would say about them is asked of it here, and has to be in the additional
 * metadata.
 */
class ConfigurationMetadataTests {

	private static final String METADATA = "META-INF/spring-configuration-metadata.json";

	private static final String PREFIXES = """
			package io.namedpipe.autoconfigure;

			import org.springframework.boot.context.properties.ConfigurationProperties;

			class Prefixes {

				@ConfigurationProperties("namedpipe.server.*")
				static class Server extends NamedPipeProperties.Server {
				}

				@ConfigurationProperties("namedpipe.client.*")
				static class Client extends NamedPipeProperties.Client {
				}

				@ConfigurationProperties("namedpipe.process.*")
				static class Process extends NamedPipeProperties.Process {
				}

				@ConfigurationProperties("namedpipe.server.*.access.allow[*]")
				static class Allow extends NamedPipeProperties.Rule {
				}

				@ConfigurationProperties("namedpipe.server.*.access.deny[*]")
				static class Deny extends NamedPipeProperties.Rule {
				}

				@ConfigurationProperties("namedpipe.server.*.handshake[*]")
				static class ServerHandshake extends NamedPipeProperties.HandshakeStep {
				}

				@ConfigurationProperties("namedpipe.client.*.handshake[*]")
				static class ClientHandshake extends NamedPipeProperties.HandshakeStep {
				}

			}
			""";

	private static final String PIPE = """
			enabled auto-startup health pipe-name type direction transmission-mode in-buffer-size out-buffer-size
			max-message-size idle-timeout write-timeout drain-timeout
			payload.type payload.target-type payload.charset payload.on-malformed
			inbound.channel inbound.error-channel inbound.on-error
			outbound.channel outbound.queue-capacity outbound.overflow outbound.without-connection
			outbound.unknown-connection handshake handshake[*].expect handshake[*].send
			""";

	private static final String SERVER = """
			max-instances pending-instances backlog max-connections-per-user handshake-timeout reject-remote-clients
			access.current-user-only access.allow access.allow[*].principal access.allow[*].rights
			access.deny access.deny[*].principal access.deny[*].rights access.sddl
			gateway.channel gateway.error-channel gateway.reply-timeout gateway.impersonate-client
			gateway.max-in-flight gateway.ordered
			""";

	private static final String CLIENT = """
			server-name connect-timeout wait-for-server startup-failure
			reconnect.delay reconnect.multiplier reconnect.max-delay reconnect.jitter
			gateway.channel gateway.reply-timeout gateway.max-connections gateway.connections
			verify-server-user impersonation-level handle socket-factory
			""";

	private static final String PROCESS = """
			enabled auto-startup health command working-directory environment stop-timeout
			to-child.channel
			to-child.payload.type to-child.payload.charset to-child.queue-capacity to-child.overflow max-message-size write-timeout
			from-child.channel from-child.payload.type from-child.payload.charset
			from-child.payload.target-type from-child.payload.on-malformed
			streams standard-error handshake handshake[*].expect handshake[*].send handshake-timeout
			restart.policy restart.delay restart.multiplier restart.max-delay restart.max-attempts
			gateway.channel gateway.reply-timeout gateway.on-timeout
			""";

	private static final String FRAMING = """
			type length.bytes length.byte-order length.offset length.adjustment length.strip length.prefix
			delimiter codec
			""";

	private static final String WRITTEN = "line.terminator";

	private static final Set<String> WITHOUT_DEFAULT = Set.of("channel", "principal", "command", "codec", "delimiter",
			"prefix", "handle", "sddl", "allow", "deny", "environment", "server", "client", "process", "handshake",
			"expect", "send");

	/** What may be anything, but has values worth to be proposed. */
	private static final Set<String> WITH_PROPOSALS = Set.of("principal", "verify-server-user", "server-name",
			"delimiter", "max-instances", "sddl");

	private static Map<String, Map<String, Object>> properties;

	private static Map<String, Map<String, Object>> hints;

	@BeforeAll
	static void read() throws IOException {
		String json = new ClassPathResource(METADATA).getContentAsString(StandardCharsets.UTF_8);
		properties = byName(json, "properties");
		hints = byName(json, "hints");
	}

	@Test
	void whenContractNamesPropertyThenMetadataHasIt() {
		Set<String> contract = new LinkedHashSet<>(List.of("namedpipe.enabled", "namedpipe.keep-alive",
				"namedpipe.directory", "namedpipe.server", "namedpipe.client", "namedpipe.process"));
		add(contract, "namedpipe.server.*.", PIPE + SERVER);
		add(contract, "namedpipe.client.*.", PIPE + CLIENT);
		add(contract, "namedpipe.process.*.", PROCESS);
		List.of("server.*.framing.", "server.*.framing.in.", "server.*.framing.out.", "client.*.framing.",
				"client.*.framing.in.", "client.*.framing.out.", "process.*.to-child.framing.",
				"process.*.from-child.framing.")
			.forEach((place) -> add(contract, "namedpipe." + place, FRAMING));
		// both ends of a line are read
		List.of("server.*.framing.", "server.*.framing.out.", "client.*.framing.", "client.*.framing.out.",
				"process.*.to-child.framing.")
			.forEach((place) -> add(contract, "namedpipe." + place, WRITTEN));
		assertThat(namedpipe(properties)).containsExactlyInAnyOrderElementsOf(contract);
	}

	@Test
	@NotUnderWine(WineLimit.JDK_IS_NOT_WHOLE)
	void whenPropertyIsInMapThenMetadataSaysWhatCodeSays(@TempDir Path directory) throws IOException {
		Map<String, Map<String, Object>> generated = byName(generate(directory), "properties");
		assertThat(generated).hasSizeGreaterThan(100);
		generated.forEach((name, property) -> {
			Map<String, Object> expected = new HashMap<>(property);
			Map<String, Object> actual = new HashMap<>(properties.getOrDefault(name, Map.of()));
			expected.remove("sourceType");
			actual.remove("sourceType");
			assertThat(actual).as(name).isEqualTo(expected);
		});
	}

	@Test
	void whenPropertyThenHasDescriptionTypeAndDefault() {
		namedpipe(properties).forEach((name) -> {
			Map<String, Object> property = properties.get(name);
			assertThat(property).as(name).containsKeys("description", "type", "sourceType");
			String description = (String) property.get("description");
			assertThat(description).as(name).endsWith(".");
			if (!WITHOUT_DEFAULT.contains(last(name)) && !name.endsWith(".error-channel")) {
				assertThat(property.containsKey("defaultValue") || description.contains("Default is"))
					.as("default of " + name)
					.isTrue();
			}
			String type = (String) property.get("type");
			if (type.equals("java.time.Duration")) {
				assertThat(description).as(name).contains("in milliseconds unless a unit is given");
			}
			if (type.endsWith(".DataSize")) {
				assertThat(description).as(name).contains("in bytes unless a unit is given");
			}
		});
	}

	@Test
	void whenPropertyHasValuesToChooseFromThenHintNamesThem() {
		namedpipe(properties).forEach((name) -> {
			String type = (String) properties.get(name).get("type");
			if (type.startsWith("io.namedpipe")) {
				assertThat(values(name)).as(name).containsExactlyElementsOf(constants(type));
			}
			else if (type.equals(Charset.class.getName())) {
				assertThat(provider(name)).as(name).isEqualTo("handle-as");
			}
			else if (last(name).equals("channel") || last(name).equals("error-channel") || last(name).equals("codec")) {
				assertThat(provider(name)).as(name).isEqualTo("spring-bean-reference");
			}
			else if (name.endsWith(".length.bytes")) {
				assertThat(values(name)).as(name).containsExactly(1, 2, 3, 4, 8);
			}
			else if (WITH_PROPOSALS.contains(last(name))) {
				assertThat(values(name)).as(name).isNotEmpty();
				assertThat(provider(name)).as(name).isEqualTo("any");
			}
		});
	}

	@Test
	void whenPropertyIsOfActuatorThenHasDescriptionTypeAndDefault() {
		assertThat(properties.keySet().stream().filter((name) -> name.startsWith("management.")))
			.containsExactlyInAnyOrder("management.endpoint.namedpipes.access",
					"management.endpoint.namedpipes.cache.time-to-live", "management.endpoint.namedpipes.roles",
					"management.endpoint.namedpipes.show-values", "management.health.namedpipe.enabled");
		properties.forEach((name, property) -> {
			assertThat(property).as(name).containsKeys("description", "type");
			assertThat(
					property.containsKey("defaultValue") || !name.startsWith("management.") || name.endsWith(".roles"))
				.as("default of " + name)
				.isTrue();
		});
	}

	@Test
	void whenPrincipalIsProposedThenItIsKnown(@TempDir Path directory) throws IOException {
		AccessRules.Builder rules = AccessRules.builder();
		values("namedpipe.server.*.access.allow[*].principal")
			.forEach((principal) -> rules.allow((String) principal, AccessRights.READ));
		try (PipeServer server = PipeServer.builder("orders").directory(directory).access(rules.build()).build()) {
			server.start();
			assertThat(server.isRunning()).isTrue();
		}
	}

	@Test
	void whenHintThenIsForPropertyThatExists() {
		assertThat(properties.keySet()).containsAll(namedpipe(hints));
	}

	@SuppressWarnings("unchecked")
	private static List<Object> values(String name) {
		assertThat(hints).containsKey(name);
		List<Map<String, Object>> values = (List<Map<String, Object>>) hints.get(name).get("values");
		assertThat(values).as(name).allSatisfy((value) -> assertThat((String) value.get("description")).endsWith("."));
		return values.stream().map((value) -> value.get("value")).toList();
	}

	@SuppressWarnings("unchecked")
	private static String provider(String name) {
		assertThat(hints).containsKey(name);
		List<Map<String, Object>> providers = (List<Map<String, Object>>) hints.get(name).get("providers");
		return (String) providers.get(0).get("name");
	}

	private static List<Object> constants(String type) {
		Class<?> enumType = ClassUtils.resolveClassName(type, null);
		return Arrays.stream(enumType.getEnumConstants())
			.<Object>map((constant) -> constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
			.toList();
	}

	private static Set<String> namedpipe(Map<String, ?> byName) {
		Predicate<String> ours = (name) -> name.startsWith("namedpipe.");
		return new LinkedHashSet<>(byName.keySet().stream().filter(ours).toList());
	}

	private static String last(String name) {
		return name.substring(name.lastIndexOf('.') + 1);
	}

	private static void add(Set<String> contract, String prefix, String names) {
		Arrays.stream(names.trim().split("\\s+")).forEach((name) -> contract.add(prefix + name));
	}

	private static Map<String, Map<String, Object>> byName(String json, String section) {
		Map<String, Map<String, Object>> result = new TreeMap<>();
		List<Map<String, Object>> entries = JsonPath.read(json, "$." + section);
		entries.forEach((entry) -> result.put((String) entry.get("name"), entry));
		return result;
	}

	private static String generate(Path directory) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
			Path source = Path.of("src/main/java",
					ClassUtils.convertClassNameToResourcePath(NamedPipeProperties.class.getName()) + ".java");
			JavaFileObject prefixes = new SimpleJavaFileObject(URI.create("string:///Prefixes.java"),
					JavaFileObject.Kind.SOURCE) {

				@Override
				public CharSequence getCharContent(boolean ignoreEncodingErrors) {
					return PREFIXES;
				}

			};
			CompilationTask task = compiler.getTask(null, files, null,
					List.of("-proc:only", "-d", directory.toString(), "-classpath",
							System.getProperty("java.class.path")),
					null, List.of(prefixes, files.getJavaFileObjects(source).iterator().next()));
			task.setProcessors(List.of(new ConfigurationMetadataAnnotationProcessor()));
			assertThat(task.call()).isTrue();
		}
		return Files.readString(directory.resolve(METADATA));
	}

}
