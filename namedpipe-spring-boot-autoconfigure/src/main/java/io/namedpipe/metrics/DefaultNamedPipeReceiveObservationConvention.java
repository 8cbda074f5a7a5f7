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

import io.micrometer.common.KeyValues;

/**
 * The names and keys that {@link NamedPipeObservation#RECEIVE} is documented with. To be
 * extended for more keys.
 */
public class DefaultNamedPipeReceiveObservationConvention implements NamedPipeReceiveObservationConvention {

	/** One to share. */
	public static final DefaultNamedPipeReceiveObservationConvention INSTANCE = new DefaultNamedPipeReceiveObservationConvention();

	@Override
	public String getName() {
		return NamedPipeObservation.RECEIVE.conventionalName();
	}

	@Override
	public String getContextualName(NamedPipeReceiverContext context) {
		return context.getPipeName() + " receive";
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(NamedPipeReceiverContext context) {
		return ObservationKeys.lowCardinality(context);
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(NamedPipeReceiverContext context) {
		return ObservationKeys.highCardinality(context);
	}

}
