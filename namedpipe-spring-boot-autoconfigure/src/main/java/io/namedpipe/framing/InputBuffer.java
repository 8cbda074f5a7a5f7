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

import java.io.IOException;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import io.namedpipe.PipeConnection;

/**
 * The bytes that have been read from a connection and not been decoded yet. A thread that
 * waits for a silent peer holds a small buffer; a large one is borrowed when there is
 * reason to expect as much.
 */
final class InputBuffer {

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	// the number of reads in a row that filled the small buffer, after which messages
	// are taken to be larger
	private static final int FILLS_TO_GROW = 8;

	private final PipeConnection connection;

	private final BufferPools pools;

	private BufferPool ownPool;

	private ByteBuffer own;

	private @Nullable ByteBuffer large;

	private ByteBuffer current = NOTHING;

	private int fills;

	private boolean filled;

	private boolean released;

	InputBuffer(PipeConnection connection, BufferPools pools) {
		this.connection = connection;
		this.pools = pools;
		this.ownPool = pools.small();
		this.own = this.ownPool.borrow();
	}

	ByteBuffer content() {
		return this.current;
	}

	/**
	 * Waits for the next bytes after all have been taken.
	 * @param missing how many bytes are expected at least, 0 if that is not known
	 * @return {@code false} at the end of the stream
	 */
	boolean read(int missing) throws IOException {
		ByteBuffer target = select(missing).clear();
		int count;
		try {
			count = this.connection.read(target);
		}
		finally {
			target.flip();
		}
		this.filled = count == target.capacity();
		if (this.filled && target == this.own) {
			this.fills++;
		}
		return count >= 0;
	}

	private ByteBuffer select(int missing) {
		if (this.released) {
			throw new IllegalStateException("This reader has been closed");
		}
		if (this.fills == FILLS_TO_GROW && this.ownPool == this.pools.small()) {
			// this may fail, and must have changed nothing then
			ByteBuffer larger = this.pools.medium().borrow();
			this.ownPool.giveBack(this.own);
			this.ownPool = this.pools.medium();
			this.own = larger;
		}
		if (this.filled || missing > this.own.capacity()) {
			if (this.large == null) {
				this.large = this.pools.large().borrow();
			}
			this.current = this.large;
		}
		else {
			giveLargeBack();
			this.current = this.own;
		}
		return this.current;
	}

	private void giveLargeBack() {
		if (this.large != null) {
			this.pools.large().giveBack(this.large);
			this.large = null;
		}
	}

	void release() {
		if (!this.released) {
			this.released = true;
			this.current = NOTHING;
			giveLargeBack();
			this.ownPool.giveBack(this.own);
		}
	}

}
