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

package io.namedpipe.framing;

/**
 * Pools of buffers of several sizes.
 *
 * @param small what an idle connection holds
 * @param medium what a connection holds that moves messages of some size
 * @param large for as long as a read fills it; room for 64 KiB and what a framing adds to
 * it
 */
record BufferPools(BufferPool small, BufferPool medium, BufferPool large) {

	/** Those of all connections. */
	static final BufferPools SHARED = create();

	static BufferPools create() {
		return new BufferPools(new BufferPool(2 * 1024, 512), new BufferPool(8 * 1024, 128),
				new BufferPool(64 * 1024 + 512, 64));
	}

}
