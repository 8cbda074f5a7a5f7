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

package io.namedpipe.transport;

/**
 * The access that a peer is granted, as seen by the peer.
 *
 * @param read whether the peer may read what the server writes
 * @param write whether the peer may write to the server
 */
public record GrantedAccess(boolean read, boolean write) {

	/** Read and write. */
	public static final GrantedAccess FULL = new GrantedAccess(true, true);

	/** Nothing at all. */
	public static final GrantedAccess NONE = new GrantedAccess(false, false);

	public boolean isNone() {
		return !this.read && !this.write;
	}

}
