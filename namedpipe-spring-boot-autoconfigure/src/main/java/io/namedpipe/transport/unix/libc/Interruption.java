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

package io.namedpipe.transport.unix.libc;

import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.spi.AbstractInterruptibleChannel;

/**
 * Lets {@link Thread#interrupt()} end a native call that does not know of it: for the
 * duration of the call the thread is marked as blocked, and interrupting it runs an
 * action, once. The interrupt status stays set.
 */
public final class Interruption extends AbstractInterruptibleChannel {

	private final Runnable action;

	public Interruption(Runnable action) {
		this.action = action;
	}

	/** Before the call. */
	public void arm() {
		begin();
	}

	/**
	 * After the call, on every path.
	 * @return whether it was ended by an interrupt
	 */
	public boolean disarm() {
		try {
			end(true);
			return false;
		}
		catch (ClosedByInterruptException ex) {
			return true;
		}
		catch (ClosedChannelException ex) {
			return false;
		}
	}

	@Override
	protected void implCloseChannel() {
		this.action.run();
	}

}
