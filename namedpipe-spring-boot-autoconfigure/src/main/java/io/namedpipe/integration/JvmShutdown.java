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

package io.namedpipe.integration;

/**
 * The shutdown of the virtual machine.
 */
final class JvmShutdown {

	private JvmShutdown() {
	}

	/**
	 * Whether the shutdown has begun, after which no hook can be registered.
	 * @return whether the virtual machine is about to end
	 */
	static boolean isInProgress() {
		Thread hook = new Thread(() -> {
		}, "namedpipe-no-hook");
		try {
			Runtime.getRuntime().addShutdownHook(hook);
			return !Runtime.getRuntime().removeShutdownHook(hook);
		}
		catch (IllegalStateException ex) {
			return true;
		}
	}

}
