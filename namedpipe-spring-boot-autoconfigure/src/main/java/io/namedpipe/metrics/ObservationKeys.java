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

package io.namedpipe.metrics;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;

import io.namedpipe.metrics.NamedPipeObservation.HighCardinalityKeyNames;
import io.namedpipe.metrics.NamedPipeObservation.LowCardinalityKeyNames;

/**
 * The keys that all observations have.
 */
final class ObservationKeys {

	/** Whether the work is done; its outcome is unknown before. */
	static final Object DONE = ObservationKeys.class.getName() + ".done";

	private static final String UNKNOWN = "unknown";

	private ObservationKeys() {
	}

	static KeyValues lowCardinality(NamedPipeObservationContext context) {
		return KeyValues.of(LowCardinalityKeyNames.PIPE.withValue(context.getPipeName()),
				LowCardinalityKeyNames.ROLE.withValue(context.getRole().tag()),
				LowCardinalityKeyNames.OUTCOME.withValue(outcome(context)));
	}

	private static String outcome(NamedPipeObservationContext context) {
		return (context.containsKey(DONE) || context.getError() != null) ? context.getOutcome().tag() : UNKNOWN;
	}

	static KeyValues highCardinality(NamedPipeObservationContext context) {
		String id = context.getConnectionId();
		return KeyValues.of(HighCardinalityKeyNames.CONNECTION_ID.withValue((id != null) ? id : KeyValue.NONE_VALUE));
	}

}
