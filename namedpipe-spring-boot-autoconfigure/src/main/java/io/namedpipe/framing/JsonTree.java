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

import tools.jackson.databind.JsonNode;

/**
 * Knows the trees of Jackson, where that is on the class path.
 */
final class JsonTree {

	private static final boolean PRESENT = isPresent();

	private JsonTree() {
	}

	private static boolean isPresent() {
		try {
			Class.forName("tools.jackson.databind.JsonNode", false, JsonTree.class.getClassLoader());
			return true;
		}
		catch (ClassNotFoundException | LinkageError ex) {
			return false;
		}
	}

	/**
	 * Whether an object is a tree, whose string is the JSON.
	 */
	static boolean isNode(Object payload) {
		return PRESENT && payload instanceof JsonNode;
	}

}
