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

import org.junit.jupiter.api.condition.OS;

/**
 * What becomes of a pipe's short name on this platform.
 */
public final class ShortName {

	private ShortName() {
	}

	/**
	 * How the address of the pipe ends, such as {@code CoreFxPipe_orders}.
	 * @param pipeName the name
	 * @return the end of the address
	 */
	public static String endOfAddress(String pipeName) {
		return (OS.current() == OS.WINDOWS) ? "\\\\.\\pipe\\" + pipeName : "CoreFxPipe_" + pipeName;
	}

}
