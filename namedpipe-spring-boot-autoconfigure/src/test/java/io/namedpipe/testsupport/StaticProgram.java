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

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.testcontainers.images.builder.ImageFromDockerfile;

/**
 * A C program without a library beside it, which runs where there is nothing else: in an
 * empty container.
 */
public final class StaticProgram {

	private final Path path;

	private StaticProgram(Path path) {
		this.path = path;
	}

	/**
	 * Builds the program with gcc.
	 * @param source the only source file
	 * @param folder where the program goes
	 * @return the program
	 * @throws IOException if it does not compile
	 * @throws InterruptedException if interrupted while the compiler runs
	 */
	public static StaticProgram compile(Path source, Path folder) throws IOException, InterruptedException {
		Path path = folder.resolve(source.getFileName().toString().replaceFirst("\\.c$", ""));
		Process compiler = new ProcessBuilder("gcc", "-O1", "-Wall", "-static", "-o", path.toString(),
				source.toString())
			.redirectErrorStream(true)
			.start();
		String output = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		if (!compiler.waitFor(60, TimeUnit.SECONDS) || compiler.exitValue() != 0) {
			throw new IOException("gcc: " + output);
		}
		return new StaticProgram(path);
	}

	/**
	 * Where the program is.
	 * @return the path of the executable
	 */
	public Path path() {
		return this.path;
	}

	/**
	 * An image with this program and nothing else. Its name is fixed, so that no run
	 * leaves another one behind.
	 * @return the image, built when it is first used
	 */
	public ImageFromDockerfile image() {
		return new ImageFromDockerfile("namedpipe-test/" + this.path.getFileName(), false)
			.withFileFromPath("program", this.path)
			.withDockerfileFromBuilder((builder) -> builder.from("scratch")
				.copy("program", "/program")
				.entryPoint(new String[] { "/program" })
				.build());
	}

}
