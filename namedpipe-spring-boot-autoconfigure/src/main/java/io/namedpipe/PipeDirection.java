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

/**
 * The direction of a pipe, as the end that is being configured sees it (as in .NET).
 */
public enum PipeDirection {

	/** This end reads and writes. */
	DUPLEX,

	/** This end only reads. */
	IN,

	/** This end only writes. */
	OUT;

	/**
	 * Whether this end reads.
	 * @return {@code true} unless {@link #OUT}
	 */
	public boolean canRead() {
		return this != OUT;
	}

	/**
	 * Whether this end writes.
	 * @return {@code true} unless {@link #IN}
	 */
	public boolean canWrite() {
		return this != IN;
	}

	/**
	 * The direction as the other end sees it.
	 * @return the opposite, which is the same for {@link #DUPLEX}
	 */
	public PipeDirection opposite() {
		return switch (this) {
			case DUPLEX -> DUPLEX;
			case IN -> OUT;
			case OUT -> IN;
		};
	}

}
