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

package io.namedpipe.framing;

import io.namedpipe.transport.PeerIdentityError;

/**
 * A codec of the application failed: a {@link FrameCodec}, or a serializer or
 * deserializer of Spring. It is the cause of a {@link FramingException}, with what the
 * codec threw as its own cause, and is what a messaging gateway throws whose method
 * declares no checked exception.
 */
public class CodecException extends RuntimeException {

	CodecException(String message, Throwable cause) {
		super(message, cause);
	}

	/**
	 * Throws an error that is not the codec's own: that of the virtual machine, and one
	 * that its thread has to end with.
	 */
	static void passIfNotOfCodec(Throwable failure) {
		if (failure instanceof VirtualMachineError error && !(error instanceof StackOverflowError)) {
			throw error;
		}
		if (failure instanceof PeerIdentityError error) {
			throw error;
		}
	}

}
