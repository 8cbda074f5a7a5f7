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

package io.namedpipe.access;

/**
 * A security descriptor in SDDL, or a SID, that cannot be used: where and why. The only
 * exception that parsing throws.
 */
public class SddlException extends IllegalArgumentException {

	private static final int SHOWN = 40;

	private final int position;

	private final String reason;

	SddlException(String text, int position, String reason) {
		super(((text.isBlank()) ? "Empty SDDL" : "Invalid SDDL") + " at position " + position + ": " + printable(reason)
				+ context(text, position));
		this.position = position;
		this.reason = printable(reason);
	}

	/**
	 * Where the text is wrong.
	 * @return the index of the first character that cannot be used, from zero; the length
	 * of the text if it ends too early
	 */
	public int getPosition() {
		return this.position;
	}

	/**
	 * What is wrong, without the position.
	 * @return the reason
	 */
	public String getReason() {
		return this.reason;
	}

	private static String context(String text, int position) {
		int from = Math.max(0, position - SHOWN / 2);
		int to = Math.min(text.length(), position + SHOWN / 2);
		return " (" + ((from > 0) ? "..." : "") + printable(text.substring(from, position)) + ">>>"
				+ printable(text.substring(position, to)) + ((to < text.length()) ? "..." : "") + ')';
	}

	private static String printable(String text) {
		StringBuilder printable = new StringBuilder(text);
		for (int i = 0; i < text.length(); i++) {
			if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
				printable.setCharAt(i, '?');
			}
		}
		return printable.toString();
	}

}
