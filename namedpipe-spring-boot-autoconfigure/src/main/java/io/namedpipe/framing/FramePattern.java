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

	private final @Nullable Pattern expression;

	private FramePattern(String text, @Nullable Pattern expression) {
		this.text = text;
		this.expression = expression;
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
				return new FramePattern(text, Pattern.compile(expression));
			}
			catch (PatternSyntaxException ex) {
				throw new IllegalArgumentException("Between the slashes has to be a regular expression: "
						+ ex.getDescription() + " at character " + (ex.getIndex() + 1), ex);
			}
		}
		return new FramePattern(text, null);
	}

	/**
	 * Whether a frame matches.
	 * @param frame the text of the frame
	 * @return {@code true} if it does
	 */
	public boolean matches(String frame) {
		return (this.expression != null) ? this.expression.matcher(frame).find() : matchesGlob(frame);
	}

	// A frame of a peer must not cost more than its length times that of the pattern, so
	// only the last star is tried again
	private boolean matchesGlob(String frame) {
		int star = -1;
		int retry = 0;
		int next = 0;
		int position = 0;
		while (position < frame.length()) {
			char wanted = (next < this.text.length()) ? this.text.charAt(next) : '\0';
			if (next < this.text.length() && wanted == '*') {
				star = next++;
				retry = position;
			}
			else if (next < this.text.length() && (wanted == '?' || wanted == frame.charAt(position))) {
				next++;
				position++;
			}
			else if (star >= 0) {
				next = star + 1;
				position = ++retry;
			}
			else {
				return false;
			}
		}
		while (next < this.text.length() && this.text.charAt(next) == '*') {
			next++;
		}
		return next == this.text.length();
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
