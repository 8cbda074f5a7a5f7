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

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.support.GenericMessage;

import io.namedpipe.CloseReason;
import io.namedpipe.ConnectionStatistics;
import io.namedpipe.DropReason;
import io.namedpipe.MessageTooLargeException;
import io.namedpipe.PeerGoneException;
import io.namedpipe.PipeClosedException;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeErrorType;
import io.namedpipe.PipePeer;
import io.namedpipe.framing.CodecException;
import io.namedpipe.framing.Frame;
import io.namedpipe.framing.FramingException;
import io.namedpipe.framing.MalformedPayloadException;
import io.namedpipe.framing.MessageReader;
import io.namedpipe.framing.MessageWriter;
import io.namedpipe.transport.PeerIdentityError;
import io.namedpipe.transport.ProcessIdentity;
import io.namedpipe.transport.TransportException.Reason;

/**
 * One connection of a {@link NamedPipe} together with its framing, the headers of its
 * messages and its outbound queue. One thread reads; any thread may send.
 */
public final class NamedPipeSession {

	private static final Log logger = LogFactory.getLog(NamedPipeSession.class);

	private static final int DISCARD_BUFFER_SIZE = 512;

	private static final long PEER_CHECK_MILLIS = 500;

	private static final long AT_ONCE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

	private final NamedPipe pipe;

	private final PipeConnection connection;

	private final MessageWriter writer;

	private final CountDownLatch end = new CountDownLatch(1);

	private @Nullable Map<String, Object> headers;

	private final long openedAt = System.nanoTime();

	private volatile @Nullable OutboundQueue queue;

	private volatile @Nullable InFlightRequests inFlight;

	private final ReceiverGate.Passage passage;

	private volatile boolean begun;

	private volatile @Nullable Long unreadSince;

	NamedPipeSession(NamedPipe pipe, PipeConnection connection) {
		this.pipe = pipe;
		this.connection = connection;
		this.writer = pipe.outboundFraming().writer(connection, pipe.encoder());
		this.passage = pipe.gate().new Passage(this);
		connection.busyWhile(() -> this.passage.isBusy() || isReplyDue());
	}

	/**
	 * The server or client that the connection belongs to.
	 * @return the pipe
	 */
	public NamedPipe pipe() {
		return this.pipe;
	}

	/**
	 * The connection.
	 * @return the connection
	 */
	public PipeConnection connection() {
		return this.connection;
	}

	/**
	 * Creates a message of a payload from this connection, with the headers of the
	 * connection. For the reading thread.
	 * @param received the payload, or a {@link Frame} with it, as the receiver got it
	 * @return the message
	 */
	public Message<?> message(Object received) {
		return message(received, headers());
	}

	static Message<?> message(Object received, Map<String, Object> headers) {
		if (received instanceof Frame frame) {
			Map<String, Object> all = new HashMap<>();
			FrameHeaders.copy(frame, all);
			all.putAll(headers);
			return new GenericMessage<>(frame.payload(), new MessageHeaders(all));
		}
		return new GenericMessage<>(received, new MessageHeaders(headers));
	}

	/**
	 * Creates a message of a payload from this connection that requests a reply. For the
	 * reading thread.
	 * @param received the payload, or a {@link Frame} with it, as the receiver got it
	 * @param replies takes the reply, and the failure of a flow on another thread
	 * @return the message
	 */
	public Message<?> request(Object received, MessageChannel replies) {
		Map<String, Object> template = headers();
		template.put(MessageHeaders.REPLY_CHANNEL, replies);
		template.put(MessageHeaders.ERROR_CHANNEL, replies);
		Message<?> request = message(received, template);
		template.remove(MessageHeaders.REPLY_CHANNEL);
		template.remove(MessageHeaders.ERROR_CHANNEL);
		return request;
	}

	private Map<String, Object> headers() {
		Map<String, Object> template = this.headers;
		if (template == null) {
			template = createHeaders();
			this.headers = template;
		}
		return template;
	}

	// The first message is the earliest moment at which every platform knows the user
	private Map<String, Object> createHeaders() {
		Map<String, Object> headers = new HashMap<>();
		// with these keys present, the copy for each message need not grow
		headers.put(MessageHeaders.ID, MessageHeaders.ID_VALUE_NONE);
		headers.put(MessageHeaders.TIMESTAMP, 0L);
		headers.put(NamedPipeHeaders.CONNECTION_ID, this.connection.id());
		headers.put(NamedPipeHeaders.NAME, this.pipe.getName());
		PipePeer peer = this.connection.peer();
		peer.user().ifPresent((user) -> headers.put(NamedPipeHeaders.REMOTE_USER, user));
		peer.userId().ifPresent((id) -> headers.put(NamedPipeHeaders.REMOTE_USER_ID, id));
		peer.processId().ifPresent((id) -> headers.put(NamedPipeHeaders.REMOTE_PROCESS_ID, id));
		return headers;
	}

	/**
	 * Writes a payload past the queue, waiting for room: the reply of a gateway.
	 * @param payload the payload, or a {@link Frame} with it
	 * @throws IOException if it cannot be written
	 */
	public void write(Object payload) throws IOException {
		this.writer.write(payload);
	}

	/**
	 * The number of messages in the outbound queue.
	 * @return the number of messages that wait to be written
	 */
	public int queueSize() {
		OutboundQueue current = this.queue;
		InFlightRequests requests = this.inFlight;
		return ((current != null) ? current.size() : 0) + ((requests != null) ? requests.queueSize() : 0);
	}

	/**
	 * Queues an encoded message.
	 * @return {@code false} if the connection takes no more messages
	 */
	boolean offer(byte[] message) throws InterruptedException {
		OutboundQueue current = this.queue;
		if (current == null) {
			current = createQueue();
		}
		return current.offer(message);
	}

	/**
	 * Queues a message that is told when it is written.
	 * @return {@code false} if the connection takes no more messages
	 */
	boolean offer(TrackedMessage message) {
		OutboundQueue current = this.queue;
		if (current == null) {
			current = createQueue();
		}
		return current.offer(message);
	}

	/**
	 * The number of bytes that an encoded message takes on the wire.
	 */
	int frameSize(byte[] message) {
		return this.writer.frameSize(message);
	}

	/**
	 * Takes a message back that nothing has been written of.
	 * @return {@code false} if it is no longer in the queue
	 */
	boolean remove(TrackedMessage message) {
		OutboundQueue current = this.queue;
		return current != null && current.remove(message);
	}

	private synchronized OutboundQueue createQueue() {
		OutboundQueue current = this.queue;
		if (current == null) {
			current = this.pipe.createQueue(this, this.writer);
			this.queue = current;
			if (!this.connection.isOpen()) {
				current.close();
			}
		}
		return current;
	}

	/**
	 * The requests whose replies are due, where more than one may be. For the reading
	 * thread. Those of a receiver before, with other rules, are answered first.
	 * @param max how many there may be
	 * @param ordered whether replies go out in the order of their requests
	 * @return the requests in flight
	 */
	public InFlightRequests inFlight(int max, boolean ordered) {
		InFlightRequests current = this.inFlight;
		if (current != null && current.isFor(max, ordered)) {
			return current;
		}
		endInFlight();
		current = new InFlightRequests(this, max, ordered);
		this.inFlight = current;
		if (!this.connection.isOpen()) {
			current.close();
		}
		return current;
	}

	/**
	 * Waits until all replies that are due are written. For the reading thread, before
	 * something else is written in the place of a reply.
	 */
	public void endInFlight() {
		InFlightRequests current = this.inFlight;
		if (current != null) {
			current.awaitEmpty();
			current.close();
			this.inFlight = null;
		}
	}

	/**
	 * The requests whose replies are due, where more than one may be.
	 * @return the requests in flight, or {@code null} if {@link #inFlight(int, boolean)}
	 * has not been called since the last {@link #endInFlight()}
	 */
	public @Nullable InFlightRequests inFlight() {
		return this.inFlight;
	}

	/**
	 * Encodes a payload for {@link InFlightRequests#reply}.
	 * @param payload the payload, or a {@link io.namedpipe.framing.Frame} with it
	 * @return what goes over the pipe, but for what the framing adds
	 * @throws IOException if it cannot be sent
	 */
	public byte[] encode(Object payload) throws IOException {
		return this.pipe.encoder().encode(payload);
	}

	OutboundQueue createReplyQueue(IntConsumer written) {
		return this.pipe.createReplyQueue(this, this.writer, written);
	}

	private boolean isReplyDue() {
		InFlightRequests current = this.inFlight;
		return current != null && !current.isEmpty();
	}

	boolean hasBegun() {
		return this.begun;
	}

	/**
	 * Serves the connection: reads until the stream ends and writes what is still queued.
	 * Returns when the connection can be closed.
	 */
	void converse() {
		this.begun = true;
		try {
			if (!this.connection.canRead()) {
				awaitEnd();
			}
			else {
				this.connection.readToEnd();
				if (this.passage.awaitReading()) {
					receiveAll();
				}
				if (isOnlyReading()) {
					logger.debug("The peer reads and does not write: " + this);
					awaitEnd();
				}
			}
			// a flow that goes on elsewhere may take as long as one on this thread
			endInFlight();
			finishQueue(this.pipe.drainTimeout());
		}
		catch (FramingException ex) {
			framingFailed(ex);
		}
		catch (CodecException ex) {
			framingFailed(new FramingException(String.valueOf(ex.getMessage()), ex));
		}
		catch (PipeClosedException ex) {
			logger.debug("Reading ended: " + ex.getMessage());
		}
		catch (IOException ex) {
			readFailed(ex);
		}
	}

	/**
	 * Whether the peer has ended its output at once, without sending anything, and still
	 * reads. A peer that has sent something, or was sent something before, gets what is
	 * queued and then the end of the stream.
	 */
	private boolean isOnlyReading() {
		ConnectionStatistics statistics = this.connection.statistics();
		boolean atOnce = System.nanoTime() - this.openedAt < AT_ONCE_NANOS
				|| (this.queue == null && statistics.bytesOut() == 0 && statistics.messagesOut() == 0);
		return atOnce && statistics.bytesIn() == 0 && statistics.messagesIn() == 0 && this.pipe.isKeepingReaders()
				&& !hasEnded() && this.connection.canWrite() && this.connection.isPeerStillThere();
	}

	// a peer that may only read is rejected when it writes. Where the platform does not
	// report that it has left, the next write to it fails
	private void awaitEnd() throws PipeClosedException {
		this.connection.endInput();
		if (!this.connection.isOpen()) {
			// the connection was closed before this session was registered
			return;
		}
		try {
			while (!this.end.await(PEER_CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
				if (this.connection.hasPeerLeft()) {
					return;
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			this.connection.close(CloseReason.STOP);
		}
	}

	// Messages are decoded even without a receiver, so that a later receiver begins with
	// a whole message. Without a receiver a failure to decode is ignored
	private void receiveAll() throws IOException {
		// unless an initializer has read the first message
		if (this.pipe.gate().hasReceiver() && this.connection.statistics().messagesIn() == 0) {
			this.pipe.handshakeTimeout().ifPresent(this.connection::expectHandshake);
		}
		try (MessageReader reader = this.pipe.framing().reader(this.connection, this.pipe.format())) {
			receiveAll(reader);
		}
		catch (FramingException ex) {
			if (this.pipe.gate().hasReceiver()) {
				throw ex;
			}
			discardAll(ex);
		}
	}

	private void receiveAll(MessageReader reader) throws IOException {
		NamedPipeTimings timings = this.pipe.timings();
		boolean timed = timings != NamedPipeTimings.NONE;
		Thread thread = Thread.currentThread();
		Object payload = read(reader);
		this.connection.handshakeDone();
		while (payload != null) {
			NamedPipeReceiver receiver = enter(thread);
			if (receiver == null) {
				this.pipe.statistics().countDropped(DropReason.CLOSED);
				return;
			}
			long started = timed ? System.nanoTime() : 0;
			try {
				if (payload instanceof MalformedPayloadException malformed) {
					receiver.receiveMalformed(malformed, this);
				}
				else {
					receiver.receive(payload, this);
				}
			}
			finally {
				this.passage.leave();
			}
			if (ProcessIdentity.isLost()) {
				throw new PeerIdentityError("A flow goes on with a thread that still runs as a client", null);
			}
			if (timed) {
				timings.dispatched(System.nanoTime() - started);
			}
			forgetInterrupt();
			payload = this.passage.awaitReading() ? read(reader) : null;
		}
	}

	// Not within the gate, which may be closed when there is room
	private @Nullable NamedPipeReceiver enter(Thread thread) {
		NamedPipeReceiver receiver = this.passage.enter(thread);
		while (receiver != null && !receiver.hasRoom(this)) {
			this.passage.leave();
			receiver.awaitRoom(this);
			receiver = this.passage.enter(thread);
		}
		return receiver;
	}

	// It takes the way of a message: it is one, and who receives it may answer
	private @Nullable Object read(MessageReader reader) throws IOException {
		try {
			return reader.read();
		}
		catch (MalformedPayloadException ex) {
			return ex;
		}
	}

	/**
	 * Clears the interrupt that a flow or a listener has left behind on the thread of a
	 * connection: the next read or write would close the connection.
	 */
	static void forgetInterrupt() {
		if (Thread.interrupted()) {
			logger.debug("Cleared the interrupt that a flow or a listener has left behind");
		}
	}

	private void discardAll(FramingException reason) throws IOException {
		logger.debug("Discarding all input, as there is no receiver and the input has no boundaries: " + this, reason);
		ByteBuffer buffer = ByteBuffer.allocate(DISCARD_BUFFER_SIZE);
		while (this.passage.awaitReading() && this.connection.read(buffer.clear()) >= 0) {
			if (this.pipe.gate().hasReceiver()) {
				// the new receiver would not know where a message begins
				throw reason;
			}
		}
	}

	/**
	 * Whether a flow of this session calls this.
	 */
	boolean isDispatchingHere() {
		return this.passage.isDispatchingHere();
	}

	/**
	 * Whether a flow is in progress on another thread than this one.
	 */
	boolean isDispatching() {
		return this.passage.isDispatching();
	}

	/**
	 * Waits until what is queued is written.
	 */
	void finishQueue(Duration atMost) {
		OutboundQueue current = this.queue;
		if (current != null) {
			current.finish(atMost);
		}
	}

	private void framingFailed(FramingException ex) {
		this.pipe.reportFailure(ex.errorType(), this.connection, ex);
		// what came whole is answered, as it is where one request is in flight
		endInFlight();
		boolean peerLeft = ex.getReason() == Reason.TRUNCATED;
		this.connection.close(peerLeft ? CloseReason.PEER : CloseReason.PROTOCOL, ex);
	}

	private void readFailed(IOException ex) {
		PipeErrorType type = (ex instanceof MessageTooLargeException) ? PipeErrorType.TOO_LARGE : PipeErrorType.READ;
		this.pipe.reportFailure(type, this.connection, ex);
		this.connection.close(CloseReason.ERROR, ex);
	}

	/**
	 * Writing from the queue failed. If the peer has left, the reading thread comes to
	 * the end of what it had sent and closes the connection.
	 */
	void writeFailed(IOException ex) {
		InFlightRequests requests = this.inFlight;
		if (requests != null) {
			requests.endWriting();
		}
		closeQueue();
		if (ex instanceof PeerGoneException) {
			this.unreadSince = System.nanoTime();
		}
		if (ex instanceof PeerGoneException || ex instanceof PipeClosedException) {
			logger.debug("Writing ended: " + ex.getMessage());
			return;
		}
		this.pipe.reportFailure(PipeErrorType.WRITE, this.connection, ex);
		this.connection.close(CloseReason.ERROR, ex);
	}

	/**
	 * When writing from the queue has shown that the peer reads no more, as
	 * {@code System.nanoTime()} has it, or {@code null} if it has not.
	 */
	@Nullable Long unreadSince() {
		return this.unreadSince;
	}

	/**
	 * Whether {@link #end()} has been called.
	 */
	boolean hasEnded() {
		return this.end.getCount() == 0;
	}

	/**
	 * A stop has begun, or the connection has been closed.
	 */
	void end() {
		this.end.countDown();
	}

	/**
	 * The connection has been closed. A queue that is created meanwhile notices that
	 * itself.
	 */
	void closed() {
		end();
		InFlightRequests requests = this.inFlight;
		try {
			if (requests != null) {
				requests.close();
			}
		}
		finally {
			closeQueue();
		}
	}

	private void closeQueue() {
		OutboundQueue current = this.queue;
		if (current != null) {
			current.close();
		}
	}

	/**
	 * Releases the buffers of the session. Called by the reading thread.
	 */
	void release() {
		this.writer.close();
	}

	@Override
	public String toString() {
		return this.connection.toString();
	}

}
