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

import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.support.BeanDefinitionOverrideException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Says that a bean of the application has the name of a bean of an entry.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class NamedPipeBeanOverrideFailureAnalyzer extends AbstractFailureAnalyzer<BeanDefinitionOverrideException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BeanDefinitionOverrideException cause) {
		String bean = cause.getBeanName();
		if (!NamedPipeBeanNames.matches(bean)) {
			return null;
		}
		String existing = Optional.ofNullable(cause.getExistingDefinition().getResourceDescription())
			.map(" from %s"::formatted)
			.orElse("");
		return new FailureAnalysis(
				"The bean name '%s' is needed for a pipe that is configured below 'namedpipe', but there is a bean%s of that name already."
					.formatted(bean, existing),
				"Rename that bean, or choose another key for the entry. To have a pipe of your own instead of the "
						+ "configured one, remove the entry or set its property 'enabled' to false.",
				cause);
	}

}
