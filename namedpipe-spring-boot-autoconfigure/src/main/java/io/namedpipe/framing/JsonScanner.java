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

import java.nio.ByteBuffer;

/**
 * Finds where a JSON value ends. It checks brackets and strings only; the parser checks
 * the value.
 */
final class JsonScanner {

	static final int NOT_ENDED = -1;

	private static final byte RECORD_SEPARATOR = 0x1E;

	private State state = State.BETWEEN;

	private int depth;

	/**
	 * Whether a value has begun.
	 */
	boolean isInside() {
		return this.state != State.BETWEEN;
	}

	/**
	 * Whether the value in progress has ended if nothing follows it, as a number has.
	 */
	boolean endsWithStream() {
		return this.state == State.WORD;
	}

	static boolean isSpace(byte value) {
		return value == ' ' || value == '\t' || value == '\r' || value == '\n' || value == RECORD_SEPARATOR;
	}

	private static boolean isWord(byte value) {
		return (value >= '0' && value <= '9') || (value >= 'a' && value <= 'z') || (value >= 'A' && value <= 'Z')
				|| value == '-' || value == '+' || value == '.';
	}

	/**
	 * Begins with the first byte of a value.
	 * @throws FramingException if no value begins with it
	 */
	void begin(byte first) throws FramingException {
		this.depth = 0;
		if (first == '{' || first == '[') {
			this.state = State.STRUCTURE;
			this.depth = 1;
		}
		else if (first == '"') {
			this.state = State.STRING;
		}
		else if (isWord(first)) {
			this.state = State.WORD;
		}
		else {
			throw new FramingException("No JSON value begins with " + Hex.of(first));
		}
	}

	/**
	 * Goes on with the value.
	 * @param from the index of the first byte that has not been looked at
	 * @return the index after its last byte, or {@link #NOT_ENDED}
	 */
	int findEnd(ByteBuffer input, int from) {
		int limit = input.limit();
		for (int index = from; index < limit; index++) {
			byte next = input.get(index);
			switch (this.state) {
				case STRUCTURE -> structure(next);
				case STRING -> string(next);
				case ESCAPE -> {
					this.state = State.STRING;
				}
				case WORD -> {
					if (!isWord(next)) {
						// which belongs to what follows
						this.state = State.BETWEEN;
						return index;
					}
				}
				case BETWEEN -> throw new IllegalStateException("Not begun");
			}
			if (this.state == State.BETWEEN) {
				return index + 1;
			}
		}
		return NOT_ENDED;
	}

	private void structure(byte next) {
		if (next == '"') {
			this.state = State.STRING;
		}
		else if (next == '{' || next == '[') {
			this.depth++;
		}
		else if (next == '}' || next == ']') {
			this.depth--;
			this.state = (this.depth == 0) ? State.BETWEEN : State.STRUCTURE;
		}
	}

	private void string(byte next) {
		if (next == '\\') {
			this.state = State.ESCAPE;
		}
		else if (next == '"') {
			this.state = (this.depth == 0) ? State.BETWEEN : State.STRUCTURE;
		}
	}

	/** Where in the stream the scanner is. */
	private enum State {

		/** Between two values. */
		BETWEEN,

		/** In an object or an array. */
		STRUCTURE,

		/** In a string, which may be in an object or an array. */
		STRING,

		/** After a backslash in a string. */
		ESCAPE,

		/** In a number, or one of the literal names. */
		WORD

	}

}
