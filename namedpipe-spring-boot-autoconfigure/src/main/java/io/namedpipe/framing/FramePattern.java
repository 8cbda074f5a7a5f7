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

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

import org.jspecify.annotations.Nullable;

/**
 * Text that a frame has to match: a glob, in which {@code *} stands for any characters
 * and {@code ?} for one, and which the whole frame has to match; or a regular expression
 * between slashes, such as {@code /^(OK|ERR)/}, which has to be found in it.
 */
public final class FramePattern {

	private final String text;

	private final Pattern pattern;

	private final boolean whole;

	private FramePattern(String text, Pattern pattern, boolean whole) {
		this.text = text;
		this.pattern = pattern;
		this.whole = whole;
	}

	/**
	 * Makes a pattern of its text.
	 * @param text a glob, or a regular expression between slashes
	 * @return the pattern
	 * @throws IllegalArgumentException if the regular expression is none
	 */
	public static FramePattern of(String text) {
		if (text.length() > 2 && text.startsWith("/") && text.endsWith("/")) {
			String expression = text.substring(1, text.length() - 1);
			try {
				return new FramePattern(text, Pattern.compile(expression), false);
			}
			catch (PatternSyntaxException ex) {
				throw new IllegalArgumentException("Between the slashes has to be a regular expression: "
						+ ex.getDescription() + " at character " + (ex.getIndex() + 1), ex);
			}
		}
		return new FramePattern(text, Pattern.compile(glob(text), Pattern.DOTALL), true);
	}

	private static String glob(String text) {
		StringBuilder expression = new StringBuilder();
		text.codePoints().forEach((character) -> {
			switch (character) {
				case '*' -> expression.append(".*");
				case '?' -> expression.append('.');
				default -> expression.append(Pattern.quote(Character.toString(character)));
			}
		});
		return expression.toString();
	}

	/**
	 * Whether a frame matches.
	 * @param frame the text of the frame
	 * @return {@code true} if it does
	 */
	public boolean matches(String frame) {
		return this.whole ? this.pattern.matcher(frame).matches() : this.pattern.matcher(frame).find();
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof FramePattern that && this.text.equals(that.text);
	}

	@Override
	public int hashCode() {
		return this.text.hashCode();
	}

	/**
	 * The text that this was made of.
	 */
	@Override
	public String toString() {
		return this.text;
	}

}
