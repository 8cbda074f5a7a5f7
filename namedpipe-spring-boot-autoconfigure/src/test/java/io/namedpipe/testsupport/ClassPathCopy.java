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

package io.namedpipe.testsupport;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A class path that every user can read: the local repository is often in a folder that
 * only its owner may enter.
 */
public final class ClassPathCopy {

	private ClassPathCopy() {
	}

	/**
	 * The class path of this process, also where Surefire hides it in a manifest.
	 * @return the class path
	 */
	public static String original() {
		String classPath = Objects.requireNonNullElse(System.getProperty("surefire.test.class.path"),
				System.getProperty("java.class.path"));
		return (Wine.isHere() && classPath.startsWith("/")) ? ofThisSystem(classPath) : classPath;
	}

	// Surefire says it as its own side of Wine does
	private static String ofThisSystem(String classPath) {
		return Arrays.stream(classPath.split(":"))
			.map((entry) -> Path.of(entry).toAbsolutePath().toString())
			.collect(Collectors.joining(File.pathSeparator));
	}

	/**
	 * Copies a class path.
	 * @param folder where to, created
	 * @param classPath the class path
	 * @return the class path of the copy
	 * @throws IOException if it cannot be copied
	 */
	public static String to(Path folder, String classPath) throws IOException {
		Files.createDirectory(folder);
		List<String> copy = new ArrayList<>();
		for (String entry : classPath.split(Pattern.quote(File.pathSeparator))) {
			Path source = Path.of(entry);
			if (Files.exists(source)) {
				Path target = folder.resolve(copy.size() + "-" + source.getFileName());
				copy(source, target);
				copy.add(target.toString());
			}
		}
		return String.join(File.pathSeparator, copy);
	}

	/**
	 * Copies a file, or a folder with all that is in it.
	 * @param source what to copy
	 * @param target the copy, which every user can read
	 * @throws IOException if it cannot be copied
	 */
	public static void copy(Path source, Path target) throws IOException {
		try (Stream<Path> files = Files.walk(source)) {
			for (Path file : (Iterable<Path>) files::iterator) {
				Path to = target.resolve(source.relativize(file).toString());
				boolean isFolder = Files.isDirectory(file);
				if (isFolder) {
					Files.createDirectories(to);
				}
				else {
					Files.copy(file, to);
				}
				Files.setPosixFilePermissions(to,
						PosixFilePermissions.fromString((isFolder) ? "rwxr-xr-x" : "rw-r--r--"));
			}
		}
	}

}
