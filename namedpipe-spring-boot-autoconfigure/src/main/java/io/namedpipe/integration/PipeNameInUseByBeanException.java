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

package io.namedpipe.integration;

import org.jspecify.annotations.Nullable;

import io.namedpipe.PipeNameInUseException;

/**
 * The name is served by another bean of this process, which was started before.
 */
public class PipeNameInUseByBeanException extends PipeNameInUseException {

	private final boolean sameContext;

	PipeNameInUseByBeanException(NamedPipe holder, boolean sameContext, String address, @Nullable Throwable cause) {
		super("%s is being served by this very process already: by the %s".formatted(address, holder.describe()),
				address, cause);
		this.sameContext = sameContext;
	}

	/**
	 * Whether the other bean is of the same application context.
	 * @return {@code false} if it is of another one
	 */
	public boolean isSameContext() {
		return this.sameContext;
	}

}
