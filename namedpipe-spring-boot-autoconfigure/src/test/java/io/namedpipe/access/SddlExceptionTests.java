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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SddlException}: what is shown of the text.
 */
class SddlExceptionTests {

	private static final String LEFT = "abcdefghijklmnopqrst";

	private static final String RIGHT = "ABCDEFGHIJKLMNOPQRST";

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { LEFT + RIGHT + " | 20 | (" + LEFT + ">>>" + RIGHT + ")",
			"x" + LEFT + RIGHT + " | 21 | (..." + LEFT + ">>>" + RIGHT + ")",
			LEFT + RIGHT + "x | 20 | (" + LEFT + ">>>" + RIGHT + "...)", "D: | 0 | (>>>D:)", "D: | 2 | (D:>>>)" })
	void whenTextIsLongThenTwentyCharactersOfEachSideAreShown(String text, int position, String context) {
		SddlException exception = new SddlException(text, position, "wrong");

		assertThat(exception).hasMessage("Invalid SDDL at position " + position + ": wrong " + context);
	}

	@Test
	void whenThereIsNoTextThenItIsCalledEmpty() {
		assertThat(new SddlException(" ", 1, "there is nothing"))
			.hasMessage("Empty SDDL at position 1: there is nothing ( >>>)");
	}

	@Test
	void whenACharacterCannotBeShownThenItIsAQuestionMark() {
		assertThat(new SddlException("\u001F ~\u007F\u00E4", 2, "a\nb"))
			.hasMessage("Invalid SDDL at position 2: a?b (? >>>~??)");
	}

}
