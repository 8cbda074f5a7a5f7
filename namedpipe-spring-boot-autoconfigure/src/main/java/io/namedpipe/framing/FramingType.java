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

/**
 * Kinds of framing, as they are configured.
 */
public enum FramingType {

	/**
	 * The length of the message in bytes precedes it.
	 */
	LENGTH_HEADER,

	/**
	 * Each line is a message.
	 */
	LINE,

	/**
	 * A sequence of bytes ends each message.
	 */
	DELIMITER,

	/**
	 * Headers, one of which is Content-Length, and a blank line precede the message.
	 */
	CONTENT_LENGTH,

	/**
	 * The length of the message precedes it, seven bits of it in each byte.
	 */
	VARINT,

	/**
	 * The length in digits and a colon precede the message, and a comma follows it.
	 */
	NETSTRING,

	/**
	 * The message is between the control characters STX (0x02) and ETX (0x03).
	 */
	STX_ETX,

	/**
	 * Each JSON value is a message; nothing need be between them.
	 */
	JSON,

	/**
	 * All until the end of the stream is one message.
	 */
	UNTIL_CLOSE,

	/**
	 * No framing: each message is what one read found.
	 */
	RAW,

	/**
	 * A bean reads and writes messages.
	 */
	CUSTOM

}
