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

package io.namedpipe.transport.unix.libc;

import java.util.Optional;
import java.util.Set;

import io.namedpipe.transport.Obstacle;

/**
 * Whether the calls of {@link LibC} can be made.
 */
public final class NativeLinux {

	private static final Set<String> ARCHITECTURES = Set.of("amd64", "aarch64");

	private NativeLinux() {
	}

	public static boolean isWindows() {
		return System.getProperty("os.name").startsWith("Windows");
	}

	public static boolean isLinux() {
		return System.getProperty("os.name").equals("Linux");
	}

	public static boolean isAvailable() {
		return obstacle("").isEmpty();
	}

	/**
	 * Why the calls cannot be made.
	 * @param feature what they are needed for, to begin the answer with
	 * @return what is missing and how to get it, or empty if nothing is
	 */
	public static Optional<Obstacle> obstacle(String feature) {
		return obstacle(feature, "Linux and Windows");
	}

	/**
	 * Why the calls cannot be made.
	 * @param feature what they are needed for, to begin the answer with
	 * @param systems where it is available
	 * @return what is missing and how to get it, or empty if nothing is
	 */
	public static Optional<Obstacle> obstacle(String feature, String systems) {
		if (!isLinux()) {
			return Optional.of(Obstacle
				.unsupported(feature + " is available on " + systems + ", not on " + System.getProperty("os.name")));
		}
		String architecture = System.getProperty("os.arch");
		if (!ARCHITECTURES.contains(architecture)) {
			return Optional.of(Obstacle.unsupported(feature + " is available on Linux for "
					+ String.join(" and ", ARCHITECTURES) + ", not for " + architecture));
		}
		try {
			LibC.strerror(0);
			return Optional.empty();
		}
		catch (LinkageError ex) {
			String needed = feature + " on Linux needs JNA";
			return Optional.of((isJnaHere()) ? Obstacle.unsupported(needed + unusable(ex)) : Obstacle
				.missingLibrary(needed + ", which is not on the class path: add the dependency net.java.dev.jna:jna"));
		}
	}

	private static boolean isJnaHere() {
		return NativeLinux.class.getResource("/com/sun/jna/Native.class") != null;
	}

	private static String unusable(LinkageError error) {
		Throwable cause = error;
		while (cause.getCause() != null) {
			cause = cause.getCause();
		}
		return ", which is there but cannot load its library: let it unpack that in a folder that permits execution"
				+ " (-Djna.tmpdir=FOLDER): " + cause.getMessage();
	}

}
