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
 * The form of header fields, which is that of HTTP: names are tokens, and values have no
 * control characters.
 */
final class HeaderFields {

	static final String CONTENT_LENGTH = "Content-Length";

	private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

	private HeaderFields() {
	}

	static boolean isName(String name) {
		for (int i = 0; i < name.length(); i++) {
			char next = name.charAt(i);
			boolean letter = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
			boolean digit = next >= '0' && next <= '9';
			if (!letter && !digit && TOKEN_MARKS.indexOf(next) < 0) {
				return false;
			}
		}
		return !name.isEmpty();
	}

	static boolean isValue(String value) {
		for (int i = 0; i < value.length(); i++) {
			char next = value.charAt(i);
			if ((next < ' ' && next != '\t') || next == 0x7F || next > 0xFF) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Takes away the spaces and tabs at both ends.
	 */
	static String trim(String value) {
		int start = 0;
		int end = value.length();
		while (start < end && isBlank(value.charAt(start))) {
			start++;
		}
		while (end > start && isBlank(value.charAt(end - 1))) {
			end--;
		}
		return value.substring(start, end);
	}

	private static boolean isBlank(char value) {
		return value == ' ' || value == '\t';
	}

}
