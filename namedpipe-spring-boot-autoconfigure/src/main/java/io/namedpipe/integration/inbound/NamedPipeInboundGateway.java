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
import java.util.Optional;

import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.integration.gateway.MessagingGatewaySupport;
import org.springframework.integration.support.management.metrics.MetricsCaptor;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageDeliveryException;
import org.springframework.messaging.support.ErrorMessage;
import org.springframework.util.Assert;
import org.springframework.util.ReflectionUtils;

import io.namedpipe.CloseReason;
import io.namedpipe.PeerGoneException;
import io.namedpipe.PipeClosedException;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeException;
import io.namedpipe.integration.NamedPipe;
import io.namedpipe.integration.NamedPipeObserver;
import io.namedpipe.integration.NamedPipeReceiver;
import io.namedpipe.integration.NamedPipeServer;
import io.namedpipe.integration.NamedPipeSession;

/**
 * Sends what comes from the connections of a server or client to a channel and writes the
 * reply to the same connection, both on the thread of the connection.
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

	private @Nullable Long requestTimeout;

	private long replyTimeout;

	private boolean customised;

	private @Nullable MessageChannel directChannel;

	private long directTimeout;

	/**
	 * Creates a gateway.
	 * @param pipe the server or client
	 */
	@SuppressWarnings("this-escape")
	public NamedPipeInboundGateway(NamedPipe pipe) {
		this.pipe = pipe;
		setReplyTimeout(DEFAULT_REPLY_TIMEOUT);
	}

	/**
	 * How long the flow may take. Default: {@link #DEFAULT_REPLY_TIMEOUT}.
	 * @param timeout the time
	 */
	public final void setReplyTimeout(Duration timeout) {
		setReplyTimeout(timeout.toMillis());
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
	}

	@Override
	public void setShouldTrack(boolean shouldTrack) {
		super.setShouldTrack(shouldTrack);
		this.customised |= shouldTrack;
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
	 * Lets the gateway receive. A channel that does not exist fails here rather than with
	 * the first message.
	 */
	@Override
	protected void doStart() {
		super.doStart();
		Assert.state(getRequestChannel() != null, "'requestChannel' or 'requestChannelName' is required");
		boolean direct = getReplyChannel() == null && getErrorChannel() == null && !this.customised && !isObserved();
		this.directChannel = direct ? getRequestChannel() : null;
		this.directTimeout = (this.requestTimeout != null) ? this.requestTimeout
				: getIntegrationProperties().getEndpointsDefaultTimeout();
		if (this.impersonateClient) {
			verifyImpersonation();
		}
		this.pipe.resumeReceiving();
	}

	private void verifyImpersonation() {
		Optional<String> obstacle = (this.pipe instanceof NamedPipeServer server) ? server.runAsClientObstacle()
				: Optional.of("it is no server");
		obstacle.ifPresent((reason) -> {
			throw new IllegalStateException(
					"'" + this.pipe.getName() + "' cannot run a flow as the client (impersonate-client): " + reason);
		});
	}

	@Override
	protected void doStop() {
		this.pipe.pauseReceiving();
		super.doStop();
	}

	@Override
	public void destroy() {
		super.destroy();
		this.pipe.detach(this);
	}

	@Override
	public void receive(Object payload, NamedPipeSession session) {
		ReplyChannel replies = (this.directChannel != null) ? new ReplyChannel() : null;
		Message<?> request = (replies != null) ? session.request(payload, replies) : session.message(payload);
		try (NamedPipeObserver.Work work = this.pipe.observer().receiving(request, session, true)) {
			reply(request, replies, session, work);
		}
	}

	private void reply(Message<?> request, @Nullable ReplyChannel replies, NamedPipeSession session,
			NamedPipeObserver.Work work) {
		Message<?> reply;
		try {
			reply = exchange(request, replies, session.connection());
		}
		catch (Exception ex) {
			failed(PipeErrorType.FLOW, ex, session, work);
			return;
		}
		if (reply == null) {
			failed(PipeErrorType.NO_REPLY,
					new PipeException("The flow behind '" + this.pipe.getName() + "' gave no reply in time"), session,
					work);
			return;
		}
		try {
			session.write(reply.getPayload());
		}
		catch (PeerGoneException | PipeClosedException ex) {
			this.logger.debug(() -> "No longer there for its reply: " + session + ": " + ex.getMessage());
		}
		catch (IOException | RuntimeException ex) {
			failed(PipeErrorType.WRITE, ex, session, work);
		}
	}

	private @Nullable Message<?> exchange(Message<?> request, @Nullable ReplyChannel replies, PipeConnection connection)
			throws Exception {
		if (!this.impersonateClient) {
			return exchange(request, replies);
		}
		return connection.runAsClient(() -> exchange(request, replies));
	}

	/**
	 * Without tracking, meters and channels of their own for replies and errors, all that
	 * the super class does comes to this. It copies the headers of the request and of the
	 * reply to put that channel in and take it out, which costs as much as a small flow.
	 */
	private @Nullable Message<?> exchange(Message<?> request, @Nullable ReplyChannel replies) throws Exception {
		MessageChannel channel = this.directChannel;
		if (replies == null || channel == null) {
			return sendAndReceiveMessage(request);
		}
		try {
			if (!send(channel, request)) {
				throw new MessageDeliveryException(request, "No room in '" + channel + "' in time");
			}
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

	private void failed(PipeErrorType type, Exception failure, NamedPipeSession session, NamedPipeObserver.Work work) {
		work.failed(failure);
		this.pipe.reportFailure(type, session.connection(), failure);
		session.connection().close(CloseReason.ERROR, failure);
	}

}
