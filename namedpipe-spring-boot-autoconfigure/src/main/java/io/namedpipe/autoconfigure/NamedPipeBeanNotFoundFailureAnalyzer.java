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

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says which bean a property names, what it has to be, and which beans would do.
 */
class NamedPipeBeanNotFoundFailureAnalyzer extends AbstractFailureAnalyzer<NamedPipeBeanNotFoundException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, NamedPipeBeanNotFoundException cause) {
		StringBuilder action = new StringBuilder("Add %s named '%s', or correct the name in '%s'."
			.formatted(cause.getExpected(), cause.getBeanName(), cause.getProperty()));
		if (!cause.getCandidates().isEmpty()) {
			action.append(" Beans of that kind are:%n%n".formatted());
			cause.getCandidates().forEach((candidate) -> action.append("    - %s%n".formatted(candidate)));
		}
		return new FailureAnalysis(cause.getMessage() + ".", action.toString(), cause);
	}

}
