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

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A payload together with the prefix or headers of its frame. Only framings that have
 * {@linkplain MessageFraming#hasHeaders() headers} read frames, and only if there are
 * any; all others read the payload alone. A frame can be written with every framing,
 * which leaves out the parts that it has no place for. Immutable, but for the bytes.
 *
 * @param payload the payload, as the {@link PayloadFormat} has it
 * @param prefix the bytes that precede the payload, without the length among them;
 * {@code null} where there are none
 * @param headers the headers by name, without {@code Content-Length}, in their order; a
 * name that differs in case only is another one
 */
public record Frame(Object payload, byte @Nullable [] prefix, Map<String, String> headers) {

	/**
	 * Creates a frame.
	 * @param payload the payload
	 * @param prefix the bytes that precede the payload, or {@code null}
	 * @param headers the headers
	 */
	public Frame {
		headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
	}

	/**
	 * Creates a frame with a prefix.
	 * @param payload the payload
	 * @param prefix the bytes that precede the payload
	 */
	public Frame(Object payload, byte[] prefix) {
		this(payload, prefix, Map.of());
	}

	/**
	 * Creates a frame with headers.
	 * @param payload the payload
	 * @param headers the headers
	 */
	public Frame(Object payload, Map<String, String> headers) {
		this(payload, null, headers);
	}

	/**
	 * The payload of what a {@link MessageReader} returned.
	 * @param read a frame, or a payload
	 * @return the payload
	 */
	public static Object payloadOf(Object read) {
		return (read instanceof Frame frame) ? frame.payload() : read;
	}

}
