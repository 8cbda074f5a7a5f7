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

package io.namedpipe.test;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * Shows bytes to whoever reads a failed test.
 */
final class Bytes {

	private static final int MOST = 256;

	private Bytes() {
	}

	static String describe(byte[] bytes, Charset charset) {
		int shown = Math.min(bytes.length, MOST);
		String hex = HexFormat.ofDelimiter(" ").formatHex(bytes, 0, shown) + ((shown < bytes.length) ? " ..." : "");
		String text = text(bytes, shown, charset);
		return bytes.length + " bytes: " + hex + ((text != null) ? " (" + text + ")" : "");
	}

	private static @Nullable String text(byte[] bytes, int shown, Charset charset) {
		try {
			String text = charset.newDecoder().decode(ByteBuffer.wrap(bytes, 0, shown)).toString();
			boolean printable = text.chars().noneMatch((each) -> Character.isISOControl(each));
			return (printable && !text.isEmpty()) ? '"' + text + '"' : null;
		}
		catch (CharacterCodingException ex) {
			return null;
		}
	}

}
