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
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;

import org.jspecify.annotations.Nullable;

/**
 * Text as it comes. A character whose bytes come in two reads is part of the second
 * payload.
 */
final class RawTextDecoder extends Decoder {

	private static final String MARK = String.valueOf(TextDecoder.BYTE_ORDER_MARK);

	private final Charset charset;

	private final CharsetDecoder decoder;

	private final boolean openOrder;

	private final int maxMessageSize;

	// Of a character that is not complete, or what follows on a payload is malformed
	private ByteBuffer rest = ByteBuffer.allocate(0);

	private boolean first = true;

	RawTextDecoder(int maxMessageSize, PayloadFormat format) {
		super(format);
		this.charset = format.charset();
		this.openOrder = OpenByteOrder.of(this.charset) != null;
		this.maxMessageSize = maxMessageSize;
		CodingErrorAction action = format.replacesMalformed() ? CodingErrorAction.REPLACE : CodingErrorAction.REPORT;
		this.decoder = this.charset.newDecoder().onMalformedInput(action).onUnmappableCharacter(action);
	}

	@Override
	@Nullable Object decode(ByteBuffer input) throws FramingException {
		while (input.hasRemaining() || this.rest.hasRemaining()) {
			append(input);
			CharBuffer output = room();
			CoderResult result = this.decoder.decode(this.rest, output, false);
			String text = text(output);
			if (!text.isEmpty()) {
				return text;
			}
			if (result.isError()) {
				throw FramingException.malformedText(this.rest, result.length(), this.charset);
			}
			if (!input.hasRemaining()) {
				return null;
			}
		}
		return null;
	}

	private void append(ByteBuffer input) {
		int kept = this.rest.remaining();
		int count = Math.min(input.remaining(), Math.max(1, this.maxMessageSize - kept));
		ByteBuffer next = ByteBuffer.allocate(kept + count).put(this.rest);
		next.put(kept, input, input.position(), count).rewind();
		input.position(input.position() + count);
		this.rest = next;
	}

	private CharBuffer room() {
		return CharBuffer.allocate((int) Math.ceil(this.rest.remaining() * this.decoder.maxCharsPerByte()) + 2);
	}

	private String text(CharBuffer output) {
		String text = output.flip().toString();
		if (this.openOrder) {
			// Java marks each string that it encodes in such a charset
			text = text.replace(MARK, "");
		}
		if (this.first && !text.isEmpty()) {
			this.first = false;
			return text.startsWith(MARK) ? text.substring(MARK.length()) : text;
		}
		return text;
	}

	@Override
	@Nullable Object endOfStream() throws FramingException {
		if (!this.rest.hasRemaining()) {
			return null;
		}
		if (!format().replacesMalformed()) {
			throw FramingException.truncatedCharacter(this.rest, this.charset);
		}
		CharBuffer output = room();
		this.decoder.decode(this.rest, output, true);
		this.decoder.flush(output);
		String text = text(output);
		return text.isEmpty() ? null : text;
	}

	@Override
	int pending() {
		return this.rest.remaining();
	}

}
