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

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.TransportException.Reason;

/**
 * The name is served by somebody else, or occupied by another kind of file. It has been
 * left as it was.
 */
public class PipeNameInUseException extends PipeException {

	private final Owner owner;

	public PipeNameInUseException(String message, @Nullable String address, @Nullable Throwable cause) {
		this(Owner.OTHER, message, address, cause);
	}

	public PipeNameInUseException(Owner owner, String message, @Nullable String address, @Nullable Throwable cause) {
		super(Reason.NAME_IN_USE, message, address, cause);
		this.owner = owner;
	}

	/**
	 * Who has the name.
	 * @return the owner
	 */
	public Owner getOwner() {
		return this.owner;
	}

	/**
	 * Who has a name.
	 */
	public enum Owner {

		/** Another process, or one that is not known. */
		OTHER,

		/** Another server of this process. */
		THIS_PROCESS,

		/** A bean of another application context of this process. */
		OTHER_CONTEXT,

		/** A bean of the same application context. */
		SAME_CONTEXT

	}

}
