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

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

import org.springframework.boot.loader.tools.Libraries;
import org.springframework.boot.loader.tools.Library;
import org.springframework.boot.loader.tools.LibraryScope;
import org.springframework.boot.loader.tools.Repackager;

import io.namedpipe.testsupport.ClassPathCopy;

/**
 * Packs an application as Spring Boot's build plugins do.
 */
final class ExecutableJar {

	/** What only the tests have, or the sample. */
	private static final List<String> OTHERS = List.of("test-classes", "spring-boot-webmvc", "spring-boot-servlet",
			"spring-boot-tomcat", "spring-boot-web-server", "spring-boot-http", "spring-boot-test",
			"spring-boot-loader", "spring-boot-actuator", "spring-boot-micrometer", "spring-boot-health",
			"spring-boot-starter-test", "spring-boot-starter-webmvc", "spring-boot-starter-tomcat",
			"spring-boot-starter-actuator", "spring-web", "spring-test", "tomcat-", "junit-", "opentest4j",
			"apiguardian", "testcontainers", "docker-java", "assertj", "mockito", "byte-buddy", "awaitility",
			"hamcrest", "json", "jsonassert", "xmlunit", "objenesis", "prometheus", "micrometer-registry",
			"commons-compress", "commons-io", "commons-lang3", "commons-codec", "duct-tape");

	private ExecutableJar() {
	}

	/**
	 * Packs an application, with what the starter brings.
	 * @param classes its classes and resources
	 * @param folder where the archive is made
	 * @return the archive
	 */
	static Path of(Path classes, Path folder) throws IOException {
		Path plain = jar(classes, folder.resolve("plain.jar"));
		Path executable = folder.resolve("application.jar");
		Repackager repackager = new Repackager(plain.toFile());
		repackager.repackage(executable.toFile(), libraries(folder));
		return executable;
	}

	private static Libraries libraries(Path folder) throws IOException {
		List<Path> libraries = new ArrayList<>();
		Path sample = Path.of("target", "classes").toAbsolutePath();
		for (String entry : ClassPathCopy.original().split(File.pathSeparator)) {
			Path path = Path.of(entry);
			boolean other = path.equals(sample)
					|| OTHERS.stream().anyMatch((name) -> path.getFileName().toString().startsWith(name))
					|| path.getFileName().toString().endsWith("-tests.jar");
			if (!other && Files.isDirectory(path)) {
				libraries.add(jar(path, folder.resolve("library" + libraries.size() + ".jar")));
			}
			else if (!other && Files.exists(path)) {
				libraries.add(path);
			}
		}
		return (callback) -> {
			for (Path library : libraries) {
				callback.library(new Library(library.toFile(), LibraryScope.COMPILE));
			}
		};
	}

	private static Path jar(Path content, Path jar) throws IOException {
		try (OutputStream file = Files.newOutputStream(jar);
				JarOutputStream out = new JarOutputStream(file);
				Stream<Path> files = Files.walk(content)) {
			for (Path path : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
				out.putNextEntry(new JarEntry(content.relativize(path).toString().replace(File.separatorChar, '/')));
				Files.copy(path, out);
				out.closeEntry();
			}
		}
		return jar;
	}

}
