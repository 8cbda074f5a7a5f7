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

package io.namedpipe.transport;

import java.io.Closeable;

/**
 * An anonymous pipe whose both ends are in this process until the client's end has been
 * passed on.
 */
public interface AnonymousPipe extends Closeable {

	/**
	 * The end of this process, one way and in byte mode. The user of the channel closes
	 * it, which the other end sees.
	 * @return the channel, always the same
	 */
	TransportChannel channel();

	/**
	 * The name of the client's end in this process, and in a process that gets it by
	 * inheritance under the same number: a descriptor on POSIX systems, a handle on
	 * Windows.
	 * @return the number in decimal digits
	 */
	String clientHandle();

	/**
	 * Closes this process's copy of the client's end. While the copy is open, neither end
	 * notices that the other one has left. Idempotent.
	 */
	void disposeClient();

	/**
	 * Closes both ends. Idempotent.
	 */
	@Override
	void close();

}
