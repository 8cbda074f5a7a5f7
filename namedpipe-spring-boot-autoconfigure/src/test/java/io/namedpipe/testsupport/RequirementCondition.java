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

package io.namedpipe.testsupport;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.util.Optional;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Skips a test whose requirements are not met, or fails it where they have to be. JUnit
 * reports an exception of a condition as a failure of the test or class it belongs to.
 */
class RequirementCondition implements ExecutionCondition {

	@Override
	public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
		Optional<AnnotatedElement> element = context.getElement();
		if (element.isEmpty()) {
			return ConditionEvaluationResult.enabled("nothing to ask");
		}
		ConditionEvaluationResult result = check(context, element.get(), RequiresRoot.class, Requirement.ROOT);
		if (!result.isDisabled()) {
			result = check(context, element.get(), RequiresDocker.class, Requirement.DOCKER);
		}
		if (!result.isDisabled()) {
			result = check(context, element.get(), RequiresWindowsJvm.class, Requirement.WINDOWS_JVM);
		}
		if (!result.isDisabled()) {
			result = AnnotationSupport.findAnnotation(element.get(), RequiresCommand.class)
				.map((command) -> check(context, command))
				.orElse(result);
		}
		return result;
	}

	private ConditionEvaluationResult check(ExtensionContext context, RequiresCommand command) {
		Optional<String> missing = Requirement.missing(command.value());
		if (missing.isPresent() && Wine.isHere()) {
			return ConditionEvaluationResult.disabled(WineLimit.COMMANDS_ARE_NOT_HERE.reason());
		}
		return check(context, command.partOf(), missing);
	}

	private ConditionEvaluationResult check(ExtensionContext context, AnnotatedElement element,
			Class<? extends Annotation> annotation, Requirement requirement) {
		if (!AnnotationSupport.isAnnotated(element, annotation)) {
			return ConditionEvaluationResult.enabled("nothing required");
		}
		return check(context, requirement, requirement.obstacle());
	}

	private ConditionEvaluationResult check(ExtensionContext context, Requirement requirement,
			Optional<String> obstacle) {
		if (obstacle.isEmpty()) {
			return ConditionEvaluationResult.enabled(requirement + " is met");
		}
		if (context.getConfigurationParameter(requirement.property()).map(Boolean::valueOf).orElse(false)) {
			throw new AssertionError(requirement.failure(obstacle.get()));
		}
		return ConditionEvaluationResult.disabled(obstacle.get());
	}

}
