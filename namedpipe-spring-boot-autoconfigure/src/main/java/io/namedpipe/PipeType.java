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

package io.namedpipe;

/**
 * The kind of pipe behind a name.
 */
public enum PipeType {

	/**
	 * The platform's own: a Win32 named pipe, or a Unix domain socket at the path that
	 * .NET uses.
	 */
	NATIVE,

	/** A POSIX FIFO: one way, no connections, no peer. Linux, with JNA. */
	FIFO,

	/**
	 * Within one JVM, in byte and message mode, without a file or a kernel object: for
	 * tests. Whoever connects is this process, so that access rules are not asked.
	 */
	MEMORY

}
