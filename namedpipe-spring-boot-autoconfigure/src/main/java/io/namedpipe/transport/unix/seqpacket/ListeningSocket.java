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

package io.namedpipe.transport.unix.seqpacket;

import java.io.Closeable;

import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.unix.libc.Descriptor;
import io.namedpipe.transport.unix.libc.Errno;
import io.namedpipe.transport.unix.libc.Interruption;
import io.namedpipe.transport.unix.libc.LibC;
import io.namedpipe.transport.unix.libc.Wakeup;

/**
 * A bound {@code SOCK_SEQPACKET} socket. It waits in poll rather than in accept, so that
 * an interrupt can end the waiting without ending the socket.
 */
final class ListeningSocket implements Closeable {

	private static final int OWNER_ONLY = 0600;

	private final String path;

	private final Descriptor descriptor;

	private final Wakeup wakeup;

	private ListeningSocket(String path, Descriptor descriptor, Wakeup wakeup) {
		this.path = path;
		this.descriptor = descriptor;
		this.wakeup = wakeup;
	}

	static ListeningSocket bind(String path, int backlog) throws TransportException {
		int socket = SeqPacketSockets.create(LibC.SOCK_NONBLOCK);
		Wakeup wakeup = null;
		try {
			// before there is a file that a failure would leave behind
			wakeup = new Wakeup();
			// the file is born with this mode, less the umask, and widened once its group
			// is set
			Errno.checked("set the mode of a socket", () -> LibC.fchmod(socket, OWNER_ONLY));
			byte[] address = LibC.address(path);
			Errno.checked("bind to " + path, () -> LibC.bind(socket, address, address.length));
			Errno.checked("listen on " + path, () -> LibC.listen(socket, backlog));
			return new ListeningSocket(path, Descriptor.ofSocket(socket, wakeup::close), wakeup);
		}
		catch (TransportException | RuntimeException ex) {
			LibC.close(socket);
			if (wakeup != null) {
				wakeup.close();
			}
			throw ex;
		}
	}

	/**
	 * Waits for a client, at most once.
	 * @return the connected socket, or -1 if there is reason to look again
	 * @throws TransportException with {@link Reason#CLOSED}, or if the platform fails or
	 * the thread is interrupted
	 */
	int accept() throws TransportException {
		int listening = this.descriptor.enter();
		try {
			int socket = LibC.accept4(listening, 0, 0, LibC.SOCK_CLOEXEC);
			if (socket < 0 && !this.descriptor.isClosed()) {
				switch (Errno.last()) {
					case Errno.EAGAIN -> await(listening);
					case Errno.EINTR, Errno.ECONNABORTED -> {
						return -1;
					}
					default -> throw Errno.failure("accept a client of " + this.path, Errno.last());
				}
			}
			return socket;
		}
		finally {
			this.descriptor.leave();
		}
	}

	private void await(int listening) throws TransportException {
		Interruption interruption = new Interruption(this.wakeup::signal);
		interruption.arm();
		try {
			this.wakeup.await(listening, LibC.POLLIN);
		}
		finally {
			if (interruption.disarm()) {
				this.wakeup.clear();
				throw new TransportException(Reason.IO, "Interrupted while waiting for a client of " + this.path);
			}
		}
	}

	@Override
	public void close() {
		this.descriptor.close();
	}

}
