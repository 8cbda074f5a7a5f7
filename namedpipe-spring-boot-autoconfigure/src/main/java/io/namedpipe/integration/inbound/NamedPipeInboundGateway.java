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

package io.namedpipe.integration.inbound;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.integration.gateway.MessagingGatewaySupport;
import org.springframework.integration.support.management.metrics.MetricsCaptor;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageDeliveryException;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.messaging.support.ErrorMessage;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.util.Assert;
import org.springframework.util.ReflectionUtils;

import io.namedpipe.CloseReason;
import io.namedpipe.DropReason;
import io.namedpipe.PeerGoneException;
import io.namedpipe.PipeClosedException;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeException;
import io.namedpipe.framing.MalformedPayloadException;
import io.namedpipe.integration.InFlightRequests;
import io.namedpipe.integration.InFlightRequests.InFlightRequest;
import io.namedpipe.integration.NamedPipe;
import io.namedpipe.integration.NamedPipeObserver;
import io.namedpipe.integration.NamedPipeReceiver;
import io.namedpipe.integration.NamedPipeServer;
import io.namedpipe.integration.NamedPipeSession;
import io.namedpipe.transport.PeerIdentityError;
import io.namedpipe.transport.TimeLimit;

/**
 * Sends what comes from the connections of a server or client to a channel and writes the
 * reply to the same connection, both on the thread of the connection unless
 * {@linkplain #setMaxInFlight several requests} may be in flight.
 * <p>
 * A request without a reply, because the flow threw, returned nothing in time or its
 * reply cannot be written, closes its connection: the next reply would be taken for that
 * one. An error channel whose flow replies prevents this.
 */
public class NamedPipeInboundGateway extends MessagingGatewaySupport implements NamedPipeReceiver {

	/** Default of {@link #setReplyTimeout(Duration)}: 30 seconds. */
	public static final Duration DEFAULT_REPLY_TIMEOUT = Duration.ofSeconds(30);

	private final NamedPipe pipe;

	private boolean impersonateClient;

	private int maxInFlight = 1;

	private boolean ordered = true;

	private @Nullable Long requestTimeout;

	private long replyTimeout;

	private boolean customised;

	private boolean tracking;

	private @Nullable MessageChannel directChannel;

	private long directTimeout;

	private boolean lateRepliesFail;

	private int starts;

	private final ThreadLocal<Boolean> exchanging = new ThreadLocal<>();

	/**
	 * Creates a gateway.
	 * @param pipe the server or client
	 */
	@SuppressWarnings("this-escape")
	public NamedPipeInboundGateway(NamedPipe pipe) {
		this.pipe = pipe;
		setReplyTimeout(DEFAULT_REPLY_TIMEOUT);
		setPhase(pipe.getReceiverPhase());
	}

	/**
	 * How long the flow may take. Default: {@link #DEFAULT_REPLY_TIMEOUT}.
	 * @param timeout the time, positive and at most {@link TimeLimit#LONGEST}
	 */
	public final void setReplyTimeout(Duration timeout) {
		setReplyTimeout(TimeLimit.positive("replyTimeout", timeout).toMillis());
	}

	@Override
	public void setReplyTimeout(long replyTimeout) {
		super.setReplyTimeout(replyTimeout);
		this.replyTimeout = replyTimeout;
	}

	@Override
	public void setRequestTimeout(long requestTimeout) {
		super.setRequestTimeout(requestTimeout);
		this.requestTimeout = requestTimeout;
	}

	@Override
	public void setErrorOnTimeout(boolean errorOnTimeout) {
		super.setErrorOnTimeout(errorOnTimeout);
		this.customised |= errorOnTimeout;
		this.tracking |= errorOnTimeout;
	}

	@Override
	public void setShouldTrack(boolean shouldTrack) {
		super.setShouldTrack(shouldTrack);
		this.customised |= shouldTrack;
		this.tracking |= shouldTrack;
	}

	@Override
	public void registerMetricsCaptor(MetricsCaptor metricsCaptor) {
		super.registerMetricsCaptor(metricsCaptor);
		this.customised = true;
	}

	/**
	 * Whether the flow runs under the identity of the connected client, as
	 * {@link PipeConnection#runAsClient} does. Default: {@code false}. The start fails
	 * where {@link NamedPipeServer#runAsClientObstacle()} knows that it is not possible.
	 * @param impersonateClient whether to run as the client
	 */
	public void setImpersonateClient(boolean impersonateClient) {
		this.impersonateClient = impersonateClient;
	}

	/**
	 * How many requests of a connection may wait for their replies. With more than one
	 * the next request is read as soon as the flow has returned, and the flow may reply
	 * later: to the channel in the message's headers, from any thread. A thread that is
	 * there while replies wait writes them. Spring Integration's own meters and
	 * observations of gateways are not made then. Default: 1, with which all is done on
	 * the thread of the connection.
	 * @param maxInFlight the number, at least 1
	 */
	public void setMaxInFlight(int maxInFlight) {
		Assert.isTrue(maxInFlight >= 1, () -> "maxInFlight must be at least 1, but is " + maxInFlight);
		this.maxInFlight = maxInFlight;
	}

	/**
	 * Whether replies go out in the order of their requests, with more than one in
	 * flight. If so, a request without a reply closes its connection, after the replies
	 * to what was asked before; if not, whoever asked tells replies apart, and that
	 * request is given up alone. Default: {@code true}.
	 * @param ordered whether replies are in order
	 */
	public void setOrdered(boolean ordered) {
		this.ordered = ordered;
	}

	@Override
	public String getComponentType() {
		return "namedpipe:inbound-gateway";
	}

	/**
	 * Opens Spring Integration's observations unless the pipe is observed already.
	 */
	@Override
	public void registerObservationRegistry(ObservationRegistry observationRegistry) {
		if (!this.pipe.isObserved()) {
			super.registerObservationRegistry(observationRegistry);
		}
	}

	@Override
	protected void onInit() {
		super.onInit();
		this.pipe.attach(this);
		this.pipe.attachSender();
	}

	/**
	 * Lets the gateway receive, and starts its pipe unless that does not start with the
	 * application. A channel that does not exist fails here rather than with the first
	 * message.
	 */
	@Override
	protected void doStart() {
		this.starts++;
		super.doStart();
		Assert.state(getRequestChannel() != null, "'requestChannel' or 'requestChannelName' is required");
		boolean direct = getReplyChannel() == null && !this.customised && !isObserved();
		getErrorChannel();
		this.directChannel = direct ? getRequestChannel() : null;
		this.directTimeout = (this.requestTimeout != null) ? this.requestTimeout
				: getIntegrationProperties().getEndpointsDefaultTimeout();
		this.lateRepliesFail = getIntegrationProperties().isMessagingTemplateThrowExceptionOnLateReply();
		verifyInFlight();
		if (this.impersonateClient) {
			verifyImpersonation();
		}
		this.pipe.attach(this);
		this.pipe.startReceiving();
	}

	private void verifyInFlight() {
		if (this.maxInFlight == 1) {
			Assert.state(this.ordered, () -> "'" + this.pipe.getName()
					+ "' has one request in flight (max-in-flight), so that replies are in order (ordered)");
			return;
		}
		Assert.state(!this.impersonateClient,
				() -> "'" + this.pipe.getName()
						+ "' cannot run a flow as the client (impersonate-client) and have several requests in flight "
						+ "(max-in-flight): the flow goes on on other threads");
		Assert.state(getReplyChannel() == null && !this.tracking, () -> "'" + this.pipe.getName()
				+ "' has several requests in flight (max-in-flight), so that its gateway can have no reply channel of "
				+ "its own, no errorOnTimeout and no shouldTrack");
	}

	private void verifyImpersonation() {
		Optional<String> obstacle = (this.pipe instanceof NamedPipeServer server) ? server.runAsClientObstacle()
				: Optional.of("it is no server");
		obstacle.ifPresent((reason) -> {
			throw new IllegalStateException(
					"'" + this.pipe.getName() + "' cannot run a flow as the client (impersonate-client): " + reason);
		});
	}

	/**
	 * Keeps the gateway from receiving. Its pipe goes on, and peers wait.
	 */
	@Override
	protected void doStop() {
		this.pipe.holdReceiver();
		super.doStop();
	}

	/**
	 * Stops the pipe, together with the application: requests that were read get their
	 * replies, while the flow is still there.
	 */
	@Override
	protected void doStop(Runnable callback) {
		int start = this.starts;
		this.pipe.stopReceiving(() -> {
			this.lifecycleLock.lock();
			try {
				// the gateway may have been started again meanwhile
				if (this.starts == start) {
					super.doStop();
				}
			}
			finally {
				this.lifecycleLock.unlock();
			}
			callback.run();
		});
	}

	@Override
	public void destroy() {
		super.destroy();
		this.pipe.detach(this);
	}

	@Override
	public boolean hasRoom(NamedPipeSession session) {
		InFlightRequests requests = session.inFlight();
		if (requests == null) {
			return true;
		}
		return requests.isFor(this.maxInFlight, this.ordered) ? requests.hasRoom() : requests.isEmpty();
	}

	@Override
	public void awaitRoom(NamedPipeSession session) {
		InFlightRequests requests = session.inFlight();
		if (requests != null && requests.isFor(this.maxInFlight, this.ordered)) {
			requests.awaitRoom();
		}
		else {
			session.endInFlight();
		}
	}

	@Override
	public void receive(Object payload, NamedPipeSession session) {
		if (this.maxInFlight > 1) {
			new InFlight(session).receive(payload);
			return;
		}
		session.endInFlight();
		ReplyChannel replies = (this.directChannel != null) ? new ReplyChannel(this.lateRepliesFail) : null;
		Message<?> request = (replies != null) ? session.request(payload, replies) : session.message(payload);
		try (NamedPipeObserver.Work work = this.pipe.observer().receiving(request, session, true)) {
			answer(request, replies, session, work);
		}
	}

	/**
	 * Has the error channel answer, or else answers with a JSON object that has the
	 * member {@code error}. The connection goes on.
	 */
	@Override
	public void receiveMalformed(MalformedPayloadException failure, NamedPipeSession session) {
		if (this.maxInFlight > 1) {
			new InFlight(session).receiveMalformed(failure);
			return;
		}
		session.endInFlight();
		Message<?> request = session.message(failure.getReceived());
		try (NamedPipeObserver.Work work = this.pipe.observer().receiving(request, session, true)) {
			work.failed(failure);
			this.pipe.reportFailure(PipeErrorType.PAYLOAD, session.connection(), failure);
			String what = malformed();
			MessageChannel errorChannel = getErrorChannel();
			byte[] answer = failure.getAnswer();
			if (errorChannel != null) {
				answer(errorChannel, request, conversionFailure(request, failure), what,
						(answer != null) ? () -> answer(answer, request, failure, session) : null, session, work);
			}
			else if (answer != null) {
				answer(answer, request, failure, session);
			}
			else {
				close(what, failure, session);
			}
		}
	}

	private void answer(byte[] answer, Message<?> request, MalformedPayloadException failure,
			NamedPipeSession session) {
		this.pipe.logMalformed(session, failure);
		try {
			session.write(
					this.pipe.outgoing(MessageBuilder.withPayload(answer).copyHeaders(request.getHeaders()).build()));
		}
		catch (PeerGoneException | PipeClosedException ex) {
			this.logger.debug(() -> "No longer there for its answer: " + session + ": " + ex.getMessage());
		}
		catch (IOException | RuntimeException ex) {
			// too long for the framing, or with its delimiter in it
			this.logger.debug(ex, () -> "The answer to what cannot be read cannot be sent: " + session);
			session.connection().close(CloseReason.PROTOCOL, failure);
		}
	}

	private String malformed() {
		return "'" + this.pipe.getName() + "' got a request that it cannot read";
	}

	private MessageConversionException conversionFailure(Message<?> request, MalformedPayloadException failure) {
		return new MessageConversionException(request,
				"Received by '" + this.pipe.getName() + "': " + failure.getMessage(), failure);
	}

	private void answer(Message<?> request, @Nullable ReplyChannel replies, NamedPipeSession session,
			NamedPipeObserver.Work work) {
		Message<?> reply;
		try {
			reply = runFlow(session, () -> exchange(request, replies));
		}
		catch (PeerIdentityError ex) {
			throw ex;
		}
		catch (Throwable ex) {
			flowFailed(request, ex, session, work);
			return;
		}
		if (reply != null) {
			write(reply, null, session, work);
			return;
		}
		PipeException missing = missingReply();
		work.failed(missing);
		this.pipe.reportFailure(PipeErrorType.NO_REPLY, session.connection(), missing);
		close("No reply from the flow behind '" + this.pipe.getName() + "'", missing, session);
	}

	private PipeException missingReply() {
		return new PipeException("The flow behind '" + this.pipe.getName() + "' gave no reply within "
				+ this.replyTimeout + " ms (reply-timeout). If it goes on on another thread, it may have failed there: "
				+ "see the log for that, or have the error sent to the error channel in the message's headers");
	}

	private void flowFailed(Message<?> request, Throwable failure, NamedPipeSession session,
			NamedPipeObserver.Work work) {
		work.failed(failure);
		this.pipe.reportFailure(PipeErrorType.FLOW, session.connection(), failure);
		MessageChannel errorChannel = getErrorChannel();
		if (errorChannel == null) {
			close("The flow behind '" + this.pipe.getName() + "' failed", failure, session);
			return;
		}
		answer(errorChannel, request, failure, "The flow behind '" + this.pipe.getName() + "' failed", null, session,
				work);
	}

	private void answer(MessageChannel errorChannel, Message<?> request, Throwable failure, String what,
			@Nullable Runnable otherwise, NamedPipeSession session, NamedPipeObserver.Work work) {
		Message<?> reply;
		try {
			reply = runFlow(session, () -> handle(errorChannel, request, failure));
		}
		catch (PeerIdentityError ex) {
			throw ex;
		}
		catch (Throwable ex) {
			this.pipe.logErrorChannelFailure(session, failure, ex);
			session.connection().closeReported(failure);
			return;
		}
		if (reply == null && otherwise != null) {
			otherwise.run();
			return;
		}
		if (reply == null) {
			close(what + ", and its error channel gave no reply", failure, session);
			return;
		}
		this.logger.debug(failure, () -> "The error channel of '" + this.pipe.getName() + "' answers: " + session);
		write(reply, failure, session, work);
	}

	/**
	 * Lets the error channel reply instead of the flow.
	 */
	private @Nullable Message<?> handle(MessageChannel errorChannel, Message<?> request, Throwable failure)
			throws Exception {
		ReplyChannel replies = new ReplyChannel(this.lateRepliesFail);
		Message<?> error = MessageBuilder.fromMessage(buildErrorMessage(request, failure))
			.setReplyChannel(replies)
			.setErrorChannel(replies)
			.build();
		Message<?> reply = exchange(errorChannel, error, replies);
		if (reply != null && reply.getPayload() instanceof Throwable thrown) {
			ReflectionUtils.rethrowException(thrown);
		}
		return reply;
	}

	private void write(Message<?> reply, @Nullable Throwable flowFailure, NamedPipeSession session,
			NamedPipeObserver.Work work) {
		// a listener may have left an interrupt behind, too
		Thread.interrupted();
		try {
			session.write(this.pipe.outgoing(reply));
		}
		catch (PeerGoneException | PipeClosedException ex) {
			this.logger.debug(() -> "No longer there for its reply: " + session + ": " + ex.getMessage());
		}
		catch (IOException | RuntimeException | Error ex) {
			writeFailed(ex, flowFailure, session, work);
		}
	}

	private void writeFailed(Throwable failure, @Nullable Throwable flowFailure, NamedPipeSession session,
			NamedPipeObserver.Work work) {
		if (flowFailure != null) {
			NamedPipe.suppress(flowFailure, failure);
			close("The flow behind '" + this.pipe.getName() + "' failed, and the reply of its error channel cannot be "
					+ "sent: " + failure.getMessage(), flowFailure, session);
			return;
		}
		work.failed(failure);
		this.pipe.reportFailure(PipeErrorType.WRITE, session.connection(), failure);
		close("The reply of the flow behind '" + this.pipe.getName() + "' cannot be sent", failure, session);
	}

	private void close(String what, Throwable failure, NamedPipeSession session) {
		this.pipe.logFailure(what, session, failure);
		session.connection().closeReported(failure);
	}

	private @Nullable Message<?> runFlow(NamedPipeSession session, Callable<@Nullable Message<?>> flow)
			throws Exception {
		try {
			return (this.impersonateClient) ? session.connection().runAsClient(flow) : flow.call();
		}
		finally {
			// this is an interrupt of the flow, and would end the writing of its reply
			Thread.interrupted();
		}
	}

	/**
	 * Without tracking, meters and a channel of its own for replies, all that the super
	 * class does comes to the direct exchange. It copies the headers of the request and
	 * of the reply to put that channel in and take it out, which costs as much as a small
	 * flow.
	 */
	private @Nullable Message<?> exchange(Message<?> request, @Nullable ReplyChannel replies) throws Exception {
		MessageChannel channel = this.directChannel;
		if (replies != null && channel != null) {
			return exchange(channel, request, replies);
		}
		this.exchanging.set(true);
		try {
			return sendAndReceiveMessage(request);
		}
		finally {
			this.exchanging.remove();
		}
	}

	private @Nullable Message<?> exchange(MessageChannel channel, Message<?> request, ReplyChannel replies)
			throws Exception {
		try {
			if (!send(channel, request)) {
				throw new MessageDeliveryException(request, "No room in '" + channel + "' in time");
			}
			// an interrupt that the flow has left behind would end the wait for its reply
			Thread.interrupted();
			Message<?> reply = replies.receive(this.replyTimeout);
			if (reply instanceof ErrorMessage error) {
				ReflectionUtils.rethrowException(error.getPayload());
			}
			return reply;
		}
		finally {
			replies.close();
		}
	}

	private boolean send(MessageChannel channel, Message<?> request) {
		return (this.directTimeout >= 0) ? channel.send(request, this.directTimeout) : channel.send(request);
	}

	/**
	 * The channel that requests are sent to.
	 */
	@Override
	public @Nullable MessageChannel getRequestChannel() {
		MessageChannel channel = super.getRequestChannel();
		return (channel != null && isExchanging()) ? new ForgetfulChannel(channel) : channel;
	}

	/**
	 * The channel for failures. Within an exchange of the super class it is {@code null},
	 * so that this class sees the failure.
	 */
	@Override
	public @Nullable MessageChannel getErrorChannel() {
		return isExchanging() ? null : super.getErrorChannel();
	}

	private boolean isExchanging() {
		return this.exchanging.get() != null;
	}

	/**
	 * Sends to a flow and forgets the interrupt that it leaves behind, which would end
	 * the wait for its reply.
	 */
	private record ForgetfulChannel(MessageChannel channel) implements MessageChannel {

		@Override
		public boolean send(Message<?> message, long timeout) {
			boolean sent = (timeout >= 0) ? this.channel.send(message, timeout) : this.channel.send(message);
			Thread.interrupted();
			return sent;
		}

		@Override
		public String toString() {
			return this.channel.toString();
		}

	}

	/**
	 * A request whose reply may come from any thread.
	 */
	private final class InFlight extends InFlightRequest implements MessageChannel {

		private final NamedPipeSession session;

		private final InFlightRequests requests;

		private final AtomicBoolean answered = new AtomicBoolean();

		private @Nullable Message<?> message;

		private NamedPipeObserver.Work work = NamedPipeObserver.Work.NONE;

		private @Nullable Thread dispatcher;

		private boolean doneOnDispatch;

		private volatile boolean peerGone;

		private volatile @Nullable ErrorReply errorReply;

		InFlight(NamedPipeSession session) {
			this.session = session;
			this.requests = session.inFlight(NamedPipeInboundGateway.this.maxInFlight,
					NamedPipeInboundGateway.this.ordered);
		}

		void receive(Object payload) {
			receive(payload, this::dispatch);
		}

		void receiveMalformed(MalformedPayloadException failure) {
			// nobody else replies
			this.answered.set(true);
			receive(failure.getReceived(), (request) -> answer(request, failure));
		}

		private void receive(Object payload, Consumer<Message<?>> handling) {
			NamedPipe pipe = NamedPipeInboundGateway.this.pipe;
			if (!this.requests.awaitRoom()) {
				pipe.statistics().countDropped(DropReason.CLOSED);
				return;
			}
			Message<?> request = this.session.request(payload, this);
			this.message = request;
			this.work = pipe.observer().receiving(request, this.session, true);
			this.dispatcher = Thread.currentThread();
			try {
				this.requests.add(this, NamedPipeInboundGateway.this.replyTimeout);
				handling.accept(request);
			}
			finally {
				this.dispatcher = null;
				this.work.leaveThread();
				if (this.doneOnDispatch) {
					this.work.close();
				}
			}
		}

		private void dispatch(Message<?> request) {
			MessageChannel channel = Objects.requireNonNull(getRequestChannel());
			try {
				if (!NamedPipeInboundGateway.this.send(channel, request)) {
					throw new MessageDeliveryException(request, "No room in '" + channel + "' in time");
				}
			}
			catch (PeerIdentityError ex) {
				throw ex;
			}
			catch (Throwable ex) {
				Thread.interrupted();
				if (this.answered.compareAndSet(false, true)) {
					failed(ex);
				}
				else {
					failedAfterReply(ex);
				}
			}
		}

		@Override
		public boolean send(Message<?> reply, long timeout) {
			if (!this.answered.compareAndSet(false, true)) {
				unwanted(reply);
			}
			else if (reply instanceof ErrorMessage error) {
				failed(error.getPayload());
			}
			else {
				reply(reply, null);
			}
			return true;
		}

		// A peer may leave at any time, also before its reply
		private void unwanted(Message<?> reply) {
			if (!this.peerGone) {
				ReplyChannel.tooLate(reply, NamedPipeInboundGateway.this.lateRepliesFail);
			}
			else if (reply instanceof ErrorMessage error) {
				failedInVain(error.getPayload(), "failed after its peer had left");
			}
			else {
				NamedPipeInboundGateway.this.logger.debug(() -> "No longer there for its reply: " + this.session);
			}
		}

		private void reply(Message<?> reply, @Nullable Throwable flowFailure) {
			byte[] encoded;
			try {
				encoded = this.session.encode(NamedPipeInboundGateway.this.pipe.outgoing(reply));
			}
			catch (IOException | RuntimeException | Error ex) {
				unsendable(ex, flowFailure);
				return;
			}
			reply(encoded);
		}

		private void reply(byte[] encoded) {
			if (!this.requests.reply(this, encoded)) {
				NamedPipeInboundGateway.this.logger.debug(() -> "No longer there for its reply: " + this.session);
			}
			done();
		}

		private void unsendable(Throwable failure, @Nullable Throwable flowFailure) {
			NamedPipe pipe = NamedPipeInboundGateway.this.pipe;
			if (flowFailure != null) {
				NamedPipe.suppress(flowFailure, failure);
				giveUp("The flow behind '" + pipe.getName() + "' failed, and the reply of its error channel cannot be "
						+ "sent: " + failure.getMessage(), flowFailure);
				return;
			}
			report(PipeErrorType.WRITE, failure);
			giveUp("The reply of the flow behind '" + pipe.getName() + "' cannot be sent", failure);
		}

		// What the application's own handlers throw must not keep the request's place
		private void report(PipeErrorType type, Throwable failure) {
			try {
				this.work.failed(failure);
				NamedPipeInboundGateway.this.pipe.reportFailure(type, this.session.connection(), failure);
			}
			catch (PeerIdentityError ex) {
				throw ex;
			}
			catch (RuntimeException | Error ex) {
				NamedPipe.suppress(failure, ex);
			}
		}

		private void failed(Throwable failure) {
			NamedPipe pipe = NamedPipeInboundGateway.this.pipe;
			report(PipeErrorType.FLOW, failure);
			MessageChannel errorChannel = getErrorChannel();
			String what = "The flow behind '" + pipe.getName() + "' failed";
			if (errorChannel == null) {
				giveUp(what, failure);
				return;
			}
			answer(errorChannel, failure, what, null);
		}

		private void answer(Message<?> request, MalformedPayloadException failure) {
			report(PipeErrorType.PAYLOAD, failure);
			MessageChannel errorChannel = getErrorChannel();
			byte[] answer = failure.getAnswer();
			if (errorChannel != null) {
				answer(errorChannel, conversionFailure(request, failure), malformed(),
						(answer != null) ? () -> answer(answer, request, failure) : null);
			}
			else if (answer != null) {
				answer(answer, request, failure);
			}
			else {
				giveUp(malformed(), failure);
			}
		}

		private void answer(byte[] answer, Message<?> request, MalformedPayloadException failure) {
			NamedPipeInboundGateway.this.pipe.logMalformed(this.session, failure);
			byte[] encoded;
			try {
				encoded = this.session.encode(NamedPipeInboundGateway.this.pipe
					.outgoing(MessageBuilder.withPayload(answer).copyHeaders(request.getHeaders()).build()));
			}
			catch (IOException | RuntimeException ex) {
				// too long for the framing, or with its delimiter in it
				NamedPipeInboundGateway.this.logger.debug(ex,
						() -> "The answer to what cannot be read cannot be sent: " + this.session);
				giveUp(failure);
				return;
			}
			reply(encoded);
		}

		/**
		 * Has the error channel answer, from any thread and in a time of its own.
		 * @param otherwise answers if the error channel does not, or {@code null}
		 */
		private void answer(MessageChannel errorChannel, Throwable failure, String what, @Nullable Runnable otherwise) {
			ErrorReply channel = new ErrorReply(failure, what, otherwise);
			this.errorReply = channel;
			if (!this.requests.renew(this, NamedPipeInboundGateway.this.replyTimeout)) {
				channel.abandoned();
				return;
			}
			Message<?> error = MessageBuilder
				.fromMessage(buildErrorMessage(Objects.requireNonNull(this.message), failure))
				.setReplyChannel(channel)
				.setErrorChannel(channel)
				.build();
			try {
				if (!NamedPipeInboundGateway.this.send(errorChannel, error)) {
					throw new MessageDeliveryException(error, "No room in '" + errorChannel + "' in time");
				}
			}
			catch (Throwable ex) {
				channel.failed(ex);
			}
		}

		private void failedAfterReply(Throwable failure) {
			failedInVain(failure, this.peerGone ? "failed after its peer had left" : "failed after its reply");
		}

		private void failedInVain(Throwable failure, String how) {
			NamedPipe pipe = NamedPipeInboundGateway.this.pipe;
			pipe.reportFailure(PipeErrorType.FLOW, this.session.connection(), failure);
			pipe.logFailure("The flow behind '" + pipe.getName() + "' " + how, this.session, failure);
		}

		@Override
		protected void expired() {
			ErrorReply second = this.errorReply;
			if (this.answered.compareAndSet(false, true)) {
				NamedPipe pipe = NamedPipeInboundGateway.this.pipe;
				PipeException missing = missingReply();
				report(PipeErrorType.NO_REPLY, missing);
				giveUp("No reply from the flow behind '" + pipe.getName() + "'", missing);
			}
			else if (second != null) {
				second.expired();
			}
		}

		@Override
		protected void abandoned() {
			ErrorReply second = this.errorReply;
			this.peerGone = true;
			if (this.answered.compareAndSet(false, true)) {
				this.work.failed(new PipeException("The connection was closed before the reply of the flow behind '"
						+ NamedPipeInboundGateway.this.pipe.getName() + "' came"));
				done();
			}
			else if (second != null) {
				second.abandoned();
			}
		}

		private void giveUp(String what, Throwable failure) {
			try {
				NamedPipeInboundGateway.this.pipe.logFailure(what, this.session, failure);
			}
			finally {
				giveUp(failure);
			}
		}

		private void giveUp(Throwable failure) {
			this.requests.giveUp(this, failure);
			done();
		}

		private void done() {
			// whoever keeps the reply channel must not keep the request with it
			this.message = null;
			if (Thread.currentThread() == this.dispatcher) {
				this.doneOnDispatch = true;
			}
			else {
				this.work.close();
			}
		}

		@Override
		public String toString() {
			return "reply on " + this.session;
		}

		/**
		 * Takes what the error channel replies.
		 */
		private final class ErrorReply implements MessageChannel {

			private final AtomicBoolean taken = new AtomicBoolean();

			private final Throwable failure;

			private final String what;

			private final @Nullable Runnable otherwise;

			ErrorReply(Throwable failure, String what, @Nullable Runnable otherwise) {
				this.failure = failure;
				this.what = what;
				this.otherwise = otherwise;
			}

			@Override
			public boolean send(Message<?> reply, long timeout) {
				if (reply.getPayload() instanceof Throwable thrown) {
					failed(thrown);
				}
				else if (this.taken.compareAndSet(false, true)) {
					InFlight.this.reply(reply, this.failure);
				}
				else {
					unwanted(reply);
				}
				return true;
			}

			void failed(Throwable ex) {
				if (this.taken.compareAndSet(false, true)) {
					NamedPipeInboundGateway.this.pipe.logErrorChannelFailure(InFlight.this.session, this.failure, ex);
					giveUp(this.failure);
				}
			}

			void expired() {
				if (!this.taken.compareAndSet(false, true)) {
					return;
				}
				if (this.otherwise != null) {
					this.otherwise.run();
				}
				else {
					giveUp(this.what + ", and its error channel gave no reply", this.failure);
				}
			}

			void abandoned() {
				if (this.taken.compareAndSet(false, true)) {
					done();
				}
			}

			@Override
			public String toString() {
				return "reply of the error channel on " + InFlight.this.session;
			}

		}

	}

}
