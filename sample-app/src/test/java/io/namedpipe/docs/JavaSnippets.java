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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.opentest4j.TestAbortedException;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

import io.namedpipe.testsupport.Wine;
import io.namedpipe.testsupport.WineLimit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Java blocks, which have to compile as they are in the package {@code example}.
 */
final class JavaSnippets {

	private static final Pattern TYPE = Pattern
		.compile("(?m)^(?:(?:public|final|abstract|sealed) )*(?:class|interface|record|enum) (\\w+)");

	private static final Pattern MAIN = Pattern.compile("public static void main\\(");

	private static final Pattern TEST = Pattern.compile("(?m)^\\s*@Test$");

	private static final String APPLICATION = """
			package example;
			@org.springframework.boot.autoconfigure.SpringBootApplication
			public class Application {
				public static void main(String[] args) {
					org.springframework.boot.SpringApplication.run(Application.class, args);
				}
			}
			""";

	private final Path folder;

	private final String application;

	private final URLClassLoader classLoader;

	private final Map<Snippet, String> runnables = new HashMap<>();

	private final Map<Snippet, String> tests = new HashMap<>();

	JavaSnippets(List<Snippet> snippets, Path folder) throws IOException {
		this.folder = Files.createDirectories(folder);
		if (snippets.isEmpty()) {
			this.classLoader = new URLClassLoader(new URL[0], getClass().getClassLoader());
			this.application = NoJava.class.getName();
			return;
		}
		List<Path> sources = new ArrayList<>();
		sources.add(Files.writeString(folder.resolve("Application.java"), APPLICATION));
		for (Snippet snippet : snippets) {
			sources.add(write(snippet));
		}
		compile(sources);
		this.application = "example.Application";
		this.classLoader = new URLClassLoader(new URL[] { folder.toUri().toURL() }, getClass().getClassLoader());
	}

	// As it is pasted into a project: in a package, and otherwise as shown
	private Path write(Snippet snippet) throws IOException {
		Matcher type = TYPE.matcher(snippet.code());
		if (!type.find()) {
			throw new AssertionError(snippet + ": no type, so that it does not compile as pasted");
		}
		if (MAIN.matcher(snippet.code()).find()) {
			this.runnables.put(snippet, type.group(1));
		}
		if (TEST.matcher(snippet.code()).find()) {
			this.tests.put(snippet, type.group(1));
		}
		return Files.writeString(this.folder.resolve(type.group(1) + ".java"), "package example; " + snippet.code());
	}

	private void compile(List<Path> sources) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		if (compiler == null && Wine.isHere()) {
			throw new TestAbortedException(WineLimit.JDK_IS_NOT_WHOLE.reason());
		}
		StringWriter problems = new StringWriter();
		try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
			List<String> options = List.of("-parameters", "-proc:none", "-Xlint:all", "-d", this.folder.toString(),
					"-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
			boolean compiled = compiler
				.getTask(problems, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
				.call();
			if (!compiled) {
				throw new AssertionError(problems);
			}
		}
	}

	ClassLoader classLoader() {
		return this.classLoader;
	}

	Class<?> application() throws ClassNotFoundException {
		return this.classLoader.loadClass(this.application);
	}

	boolean isRunnable(Snippet snippet) {
		return this.runnables.containsKey(snippet);
	}

	/**
	 * Runs a main method.
	 * @return what they printed
	 */
	String run(Snippet snippet) throws Exception {
		PrintStream original = System.out;
		ByteArrayOutputStream printed = new ByteArrayOutputStream();
		System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
		try {
			this.classLoader.loadClass("example." + this.runnables.get(snippet))
				.getMethod("main", String[].class)
				.invoke(null, (Object) new String[0]);
		}
		finally {
			System.setOut(original);
		}
		return printed.toString(StandardCharsets.UTF_8);
	}

	boolean isTest(Snippet snippet) {
		return this.tests.containsKey(snippet);
	}

	/**
	 * Runs the tests of a class, all of which have to pass.
	 */
	void test(Snippet snippet) throws Exception {
		SummaryGeneratingListener summary = new SummaryGeneratingListener();
		LauncherConfig config = LauncherConfig.builder().enableTestExecutionListenerAutoRegistration(false).build();
		ClassLoader original = Thread.currentThread().getContextClassLoader();
		Thread.currentThread().setContextClassLoader(this.classLoader);
		try {
			LauncherFactory.create(config)
				.execute(LauncherDiscoveryRequestBuilder.request()
					.selectors(DiscoverySelectors
						.selectClass(this.classLoader.loadClass("example." + this.tests.get(snippet))))
					.forExecution()
					.listeners(summary)
					.build());
		}
		finally {
			Thread.currentThread().setContextClassLoader(original);
		}
		assertThat(summary.getSummary().getFailures()).as(snippet.toString())
			.extracting((failure) -> failure.getTestIdentifier().getDisplayName() + ": " + failure.getException())
			.isEmpty();
		assertThat(summary.getSummary().getTestsSucceededCount()).as(snippet.toString()).isPositive();
	}

	/**
	 * The application where a page shows only YAML.
	 */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class NoJava {

	}

}
