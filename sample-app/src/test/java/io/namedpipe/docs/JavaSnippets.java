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
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Java blocks, made compilable: types are put into the package {@code example}, methods
 * into a configuration class, statements into a method that {@link #run} calls.
 */
final class JavaSnippets {

	private static final Pattern TYPE = Pattern
		.compile("(?m)^(?:(?:public|final|abstract|sealed) )*(?:class|interface|record|enum) (\\w+)");

	private static final Pattern MEMBER = Pattern.compile("(?m)^(@Bean|(?:[\\w<>\\[\\], ?.]+) \\w+\\([^;]*\\{$)");

	private static final Pattern IMPORT = Pattern.compile("(?m)^import .*;$");

	private static final Pattern STATEMENT = Pattern.compile("(?m)^(try|for|while|if|switch|synchronized)\\b");

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

	private final URLClassLoader classLoader;

	private final List<String> runnables = new ArrayList<>();

	JavaSnippets(List<Snippet> snippets, Path folder) throws IOException {
		this.folder = Files.createDirectories(folder);
		List<Path> sources = new ArrayList<>();
		sources.add(Files.writeString(folder.resolve("Application.java"), APPLICATION));
		for (Snippet snippet : snippets) {
			sources.add(write(snippet));
		}
		compile(sources);
		this.classLoader = new URLClassLoader(new URL[] { folder.toUri().toURL() }, getClass().getClassLoader());
	}

	private Path write(Snippet snippet) throws IOException {
		String code = snippet.code();
		Matcher type = TYPE.matcher(code);
		if (type.find()) {
			return Files.writeString(this.folder.resolve(type.group(1) + ".java"), "package example; " + code);
		}
		String name = name(snippet);
		String imports = IMPORT.matcher(code)
			.results()
			.map((match) -> match.group() + "\n")
			.collect(Collectors.joining());
		String body = IMPORT.matcher(code).replaceAll("");
		boolean members = MEMBER.matcher(body).find() && !STATEMENT.matcher(body).find();
		if (!members) {
			this.runnables.add(name);
		}
		return Files.writeString(this.folder.resolve(name + ".java"), (members ? """
				package example;
				import org.springframework.context.annotation.Bean;
				%s
				@org.springframework.context.annotation.Configuration(proxyBeanMethods = false)
				class %s {
				%s
				}
				""" : """
				package example;
				%s
				public class %s {
				public static void run() throws Exception {
				%s
				}
				}
				""").formatted(imports, name, body));
	}

	private void compile(List<Path> sources) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
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
		return this.classLoader.loadClass("example.Application");
	}

	boolean isRunnable(Snippet snippet) {
		return this.runnables.contains(name(snippet));
	}

	/**
	 * Runs statements.
	 * @return what they printed
	 */
	String run(Snippet snippet) throws Exception {
		PrintStream original = System.out;
		ByteArrayOutputStream printed = new ByteArrayOutputStream();
		System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
		try {
			this.classLoader.loadClass("example." + name(snippet)).getMethod("run").invoke(null);
		}
		finally {
			System.setOut(original);
		}
		return printed.toString(StandardCharsets.UTF_8);
	}

	private static String name(Snippet snippet) {
		return "Line" + snippet.line();
	}

}
