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

package io.namedpipe.transport.windows;

/**
 * The type of a pipe together with the mode in which this end reads it.
 */
enum PipeReadMode {

	/** A stream of bytes. */
	BYTES,

	/** Messages. */
	MESSAGES,

	/**
	 * Messages that this end reads as a stream of bytes. One of no bytes ends it, as
	 * go-winio and Docker's engine have it; .NET reads it like that too.
	 */
	BYTES_OF_MESSAGES

}
