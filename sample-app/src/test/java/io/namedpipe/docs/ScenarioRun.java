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

package io.namedpipe.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.jayway.jsonpath.JsonPath;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.condition.OS;
import org.opentest4j.TestAbortedException;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.FileSystemResource;
import org.springframework.integration.channel.QueueChannel;

import io.namedpipe.autoconfigure.NamedPipeProperties;
import io.namedpipe.sample.Program;
import io.namedpipe.testsupport.Requirement;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs a {@link Scenario}: an application of its YAML and Java, and the scripts against
 * that application.
 */
class ScenarioRun {

	private static final boolean WINDOWS = OS.current() == OS.WINDOWS;

	private static final Set<String> SCRIPTS = Set.of("python", "js", "c", "csharp", "sh");

	private static final String LOCAL_PORT = "localhost:8080";

	private static final Pattern MAVEN_COMMAND = Pattern.compile("\\./mvnw (?:-\\S+ )*(\\S+)");

	private static final Pattern INPUT_CHANNEL = Pattern
		.compile("namedpipe\\.\\w+\\.[^.]+\\.(gateway|inbound|from-child)\\.(error-)?channel");

	private final Scenario scenario;

	private final Path folder;

	private final List<String> notRun = new ArrayList<>();

	private @Nullable String expected;

	ScenarioRun(Scenario scenario, Path folder) {
		this.scenario = scenario;
		this.folder = folder;
	}

	void run() throws Exception {
		JavaSnippets java = new JavaSnippets(this.scenario.in("java"), this.folder.resolve("java"));
		List<Snippet> yaml = this.scenario.in("yaml");
		if (WINDOWS && yaml.stream().anyMatch(Snippet::posixOnly)) {
			bind(yaml.get(0));
			throw new TestAbortedException("Disabled on operating system: it is not for Windows");
		}
		if (!yaml.isEmpty() || this.scenario.has("java")) {
			try (ConfigurableApplicationContext context = start(java, yaml)) {
				runScripts(java, context);
			}
			return;
		}
		runScripts(java, null);
	}

	private void bind(Snippet yaml) throws IOException {
		StandardEnvironment environment = new StandardEnvironment();
		load(yaml).forEach(environment.getPropertySources()::addFirst);
		new Binder(ConfigurationPropertySources.get(environment)).bindOrCreate("namedpipe", NamedPipeProperties.class);
	}

	private ConfigurableApplicationContext start(JavaSnippets java, List<Snippet> yaml) throws Exception {
		List<PropertySource<?>> sources = new ArrayList<>();
		for (Snippet snippet : yaml) {
			sources.addAll(load(snippet));
		}
		Map<String, Object> properties = new LinkedHashMap<>();
		properties.put("namedpipe.directory", this.folder.toString());
		properties.put("server.port", "0");
		properties.put("server.address", "127.0.0.1");
		properties.put("spring.main.banner-mode", "off");
		ApplicationContextInitializer<GenericApplicationContext> initializer = (context) -> {
			sources.forEach(context.getEnvironment().getPropertySources()::addFirst);
			context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("scenario", properties));
			if (!this.scenario.has("java")) {
				consume(context, sources);
			}
		};
		boolean web = this.scenario.snippets().stream().anyMatch((snippet) -> snippet.code().contains(LOCAL_PORT));
		ClassLoader original = Thread.currentThread().getContextClassLoader();
		Thread.currentThread().setContextClassLoader(java.classLoader());
		try {
			return new SpringApplicationBuilder(java.application())
				.resourceLoader(new DefaultResourceLoader(java.classLoader()))
				.web(web ? WebApplicationType.SERVLET : WebApplicationType.NONE)
				.initializers(initializer)
				.run("--spring.config.location=optional:classpath:/none/");
		}
		finally {
			Thread.currentThread().setContextClassLoader(original);
		}
	}

	private List<PropertySource<?>> load(Snippet yaml) throws IOException {
		Path file = Files.writeString(this.folder.resolve("line" + yaml.line() + ".yml"), yaml.code());
		return new YamlPropertySourceLoader().load(yaml.toString(), new FileSystemResource(file));
	}

	/**
	 * Configuration shown without a handler gets channels that take everything.
	 */
	private void consume(GenericApplicationContext context, List<PropertySource<?>> sources) {
		for (PropertySource<?> source : sources) {
			((Map<?, ?>) source.getSource()).forEach((name, value) -> {
				String channel = value.toString();
				if (INPUT_CHANNEL.matcher(name.toString()).matches() && !context.containsBeanDefinition(channel)) {
					context.registerBean(channel, QueueChannel.class, () -> new QueueChannel());
				}
			});
		}
	}

	private void runScripts(JavaSnippets java, @Nullable ConfigurableApplicationContext context) throws Exception {
		List<Snippet> snippets = this.scenario.snippets();
		for (int i = 0; i < snippets.size(); i++) {
			Snippet snippet = snippets.get(i);
			if (i + 1 < snippets.size() && snippets.get(i + 1).is("text")) {
				this.expected = snippets.get(i + 1).code().strip();
			}
			runScript(java, context, snippet);
		}
		if (!this.notRun.isEmpty()) {
			throw new TestAbortedException(String.join("; ", this.notRun));
		}
	}

	private void runScript(JavaSnippets java, @Nullable ConfigurableApplicationContext context, Snippet snippet)
			throws Exception {
		if (WINDOWS && SCRIPTS.contains(snippet.language())) {
			this.notRun.add("Disabled on operating system: " + snippet + " is not for Windows");
			return;
		}
		switch (snippet.language()) {
			case "yaml", "text", "go" -> {
				// done, or told by the one before, or only shown
			}
			case "java" -> {
				if (java.isRunnable(snippet)) {
					verifyOutput(snippet, java.run(snippet));
				}
				if (java.isTest(snippet)) {
					test(java, snippet);
				}
			}
			case "python" -> execute(snippet, "python3", write(snippet, ".py"));
			case "js" -> execute(snippet, "node", write(snippet, ".js"));
			case "c" -> executeC(snippet);
			case "csharp" -> compileCSharp(snippet);
			case "sh" -> executeShell(context, snippet);
			case "json" -> JsonPath.parse(snippet.code());
			case "xml" -> Dependencies.verify(snippet);
			default ->
				throw new AssertionError(snippet + ": nothing here knows how to run '" + snippet.language() + "'");
		}
	}

	// beside the application, with the same YAML
	private void test(JavaSnippets java, Snippet snippet) throws Exception {
		String yaml = this.scenario.in("yaml")
			.stream()
			.map((each) -> this.folder.resolve("line" + each.line() + ".yml").toUri().toString())
			.collect(Collectors.joining(","));
		System.setProperty("spring.config.location", yaml);
		System.setProperty("namedpipe.directory", this.folder.toString());
		try {
			java.test(snippet);
		}
		finally {
			System.clearProperty("spring.config.location");
			System.clearProperty("namedpipe.directory");
		}
	}

	private void execute(Snippet snippet, String... command) throws Exception {
		if (!isHere(snippet, command[0])) {
			return;
		}
		verifyOutput(snippet, Program.run(this.folder, command));
	}

	private void verifyOutput(Snippet snippet, String output) {
		if (this.expected != null) {
			assertThat(output.strip()).as(snippet.toString()).isEqualTo(this.expected);
		}
	}

	private void executeC(Snippet snippet) throws Exception {
		if (isHere(snippet, "gcc")) {
			String program = this.folder.resolve("line" + snippet.line()).toString();
			Program.run(this.folder, "gcc", "-Wall", "-Wextra", "-Werror", "-o", program, write(snippet, ".c"));
			execute(snippet, program);
		}
	}

	// .NET itself is not here: Mono's compiler says whether it is C#, nothing more
	private void compileCSharp(Snippet snippet) throws Exception {
		if (isHere(snippet, "mcs")) {
			StringBuilder usings = new StringBuilder();
			StringBuilder statements = new StringBuilder();
			snippet.code()
				.lines()
				.forEach((line) -> (line.startsWith("using System") ? usings : statements).append(line).append('\n'));
			Path source = Files.writeString(this.folder.resolve("Line" + snippet.line() + ".cs"),
					"%sclass Program { static void Main() {%n%s} }%n".formatted(usings, statements));
			Program.run(this.folder, "mcs", "-out:" + source + ".exe", source.toString());
		}
	}

	private void executeShell(@Nullable ConfigurableApplicationContext context, Snippet snippet) throws Exception {
		Matcher maven = MAVEN_COMMAND.matcher(snippet.code());
		if (maven.find()) {
			BuildCommands.verify(snippet);
			return;
		}
		String port = (context != null) ? context.getEnvironment().getProperty("local.server.port") : null;
		String script = (port != null) ? snippet.code().replace(LOCAL_PORT, "localhost:" + port) : snippet.code();
		Path file = Files.writeString(this.folder.resolve("line" + snippet.line() + ".sh"), script);
		execute(snippet, "sh", "-eu", file.toString());
	}

	private String write(Snippet snippet, String suffix) throws IOException {
		return Files.writeString(this.folder.resolve("line" + snippet.line() + suffix), snippet.code()).toString();
	}

	private boolean isHere(Snippet snippet, String command) {
		if (command.startsWith("/") || Requirement.isOnPath(command)) {
			return true;
		}
		if (Boolean.getBoolean(Requirement.CLIENTS.property())) {
			throw new AssertionError(snippet + ": not on the path: " + command);
		}
		this.notRun.add(snippet + ": not on the path: " + command);
		return false;
	}

}
