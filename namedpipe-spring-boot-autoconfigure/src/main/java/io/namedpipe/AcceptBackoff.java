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

package io.namedpipe;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The growing pause between attempts to accept a client while the platform refuses to,
 * for example for lack of a descriptor. An interrupt, which a stop sends, ends the pause
 * early; the interrupt status is cleared.
 */
final class AcceptBackoff {

	private static final long FIRST_MILLIS = 20;

	private static final long LONGEST_MILLIS = 500;

	private long millis = FIRST_MILLIS;

	void reset() {
		this.millis = FIRST_MILLIS;
	}

	void await(BooleanSupplier goOn) {
		try {
			if (goOn.getAsBoolean()) {
				TimeUnit.MILLISECONDS.sleep(this.millis);
			}
		}
		catch (InterruptedException ex) {
			// from a stop, which the caller notices anyway; the
			// flag would end all later pauses
		}
		this.millis = Math.min(this.millis * 2, LONGEST_MILLIS);
	}

}
