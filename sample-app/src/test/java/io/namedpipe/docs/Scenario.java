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

package io.namedpipe.docs;

import java.util.List;

/**
 * The blocks of a page that run together.
 *
 * @param page the page
 * @param heading the heading above them
 * @param snippets the blocks, in order
 */
record Scenario(Page page, String heading, List<Snippet> snippets) {

	boolean has(String language) {
		return this.snippets.stream().anyMatch((snippet) -> snippet.is(language));
	}

	List<Snippet> in(String language) {
		return this.snippets.stream().filter((snippet) -> snippet.is(language)).toList();
	}

	@Override
	public String toString() {
		return this.snippets.get(0) + " " + this.heading;
	}

}
