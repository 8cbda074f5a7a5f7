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

import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.SpringProperties;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches where there may be pipes of a kind. Always when processed ahead of time, as
 * which pipes there are is decided at run time.
 */
class OnPipeCondition extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Map<String, @Nullable Object> attributes = Objects.requireNonNull(
				metadata.getAnnotationAttributes(ConditionalOnPipe.class.getName()),
				"It is looked at for its annotation");
		String[] sections = (String[]) Objects.requireNonNull(attributes.get("value"));
		ConditionMessage.Builder message = ConditionMessage.forCondition(ConditionalOnPipe.class);
		for (String section : sections) {
			if (SpringProperties.getFlag(AbstractAotProcessor.AOT_PROCESSING)
					|| NamedPipeProperties.mayHave(section, context.getEnvironment())) {
				return ConditionOutcome.match(message.foundExactly(section));
			}
		}
		return ConditionOutcome.noMatch(message.didNotFind("entry of", "entries of").items((Object[]) sections));
	}

}
