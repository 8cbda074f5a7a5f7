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

import java.util.Optional;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;

/**
 * What runs programs for Windows on other systems, asked in the way that its authors
 * give: only Wine's {@code ntdll} has the function.
 */
public final class Wine {

	private static final Optional<String> VERSION = Platform.isWindows() ? ask() : Optional.empty();

	private Wine() {
	}

	private static Optional<String> ask() {
		try {
			Function function = NativeLibrary.getInstance("ntdll").getFunction("wine_get_version");
			return Optional.of("wine-" + function.invokeString(new Object[0], false));
		}
		catch (UnsatisfiedLinkError ex) {
			return Optional.empty();
		}
	}

	/**
	 * Its version.
	 * @return the version, such as {@code wine-8.0}, empty if this is not Wine
	 */
	public static Optional<String> version() {
		return VERSION;
	}

	/**
	 * Whether these tests run under Wine.
	 * @return whether that is so
	 */
	public static boolean isHere() {
		return VERSION.isPresent();
	}

}
