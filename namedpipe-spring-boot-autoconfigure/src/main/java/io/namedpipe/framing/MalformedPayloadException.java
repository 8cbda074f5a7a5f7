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

import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.namedpipe.PipeException;

/**
 * A whole message whose bytes are not what the {@link PayloadFormat} says. Only this one
 * message is lost: the next one can be read from the same {@link MessageReader}.
 */
public class MalformedPayloadException extends PipeException {

	private final Object received;

	private final byte @Nullable [] answer;

	/**
	 * Creates an exception.
	 * @param message what is wrong
	 * @param received the bytes, or a {@link Frame} with them
	 * @param answer what may be told to the peer in place of a reply, in the format that
	 * it expects, or {@code null} if there is no such thing
	 * @param cause what the converter threw, or {@code null}
	 */
	public MalformedPayloadException(String message, Object received, byte @Nullable [] answer,
			@Nullable Throwable cause) {
		// Spring's messaging gateways throw the first
		// unchecked exception among the causes
		super(message, null, isUnchecked(cause) ? new CodecException(message, Objects.requireNonNull(cause)) : cause);
		this.received = received;
		this.answer = (answer != null) ? answer.clone() : null;
	}

	private static boolean isUnchecked(@Nullable Throwable cause) {
		return (cause instanceof RuntimeException || cause instanceof Error) && !(cause instanceof CodecException);
	}

	/**
	 * What has been received.
	 * @return the bytes, or a {@link Frame} with them
	 */
	public Object getReceived() {
		return this.received;
	}

	/**
	 * What may be told to the peer in place of a reply.
	 * @return the bytes, or {@code null}
	 */
	public byte @Nullable [] getAnswer() {
		return (this.answer != null) ? this.answer.clone() : null;
	}

	MalformedPayloadException of(Frame frame) {
		MalformedPayloadException exception = new MalformedPayloadException(String.valueOf(getMessage()), frame,
				this.answer, getCause());
		exception.setStackTrace(getStackTrace());
		return exception;
	}

}
