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

package io.namedpipe.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A property names a bean that does not exist or is of another kind.
 */
class NamedPipeBeanNotFoundException extends RuntimeException {

	private final String property;

	private final String beanName;

	private final String expected;

	private final @Nullable String actualType;

	private final List<String> candidates;

	/**
	 * Creates the exception.
	 * @param property full name of the property
	 * @param beanName its value
	 * @param expected what the bean has to be, in words
	 * @param actualType what it is, or {@code null} if it does not exist
	 * @param candidates names of beans that would do
	 */
	NamedPipeBeanNotFoundException(String property, String beanName, String expected, @Nullable String actualType,
			List<String> candidates) {
		super("Property '%s' names the bean '%s', which %s".formatted(property, beanName,
				(actualType != null) ? "is a " + actualType + " and not " + expected : "does not exist"));
		this.property = property;
		this.beanName = beanName;
		this.expected = expected;
		this.actualType = actualType;
		this.candidates = List.copyOf(candidates);
	}

	String getProperty() {
		return this.property;
	}

	String getBeanName() {
		return this.beanName;
	}

	String getExpected() {
		return this.expected;
	}

	@Nullable String getActualType() {
		return this.actualType;
	}

	List<String> getCandidates() {
		return this.candidates;
	}

}
