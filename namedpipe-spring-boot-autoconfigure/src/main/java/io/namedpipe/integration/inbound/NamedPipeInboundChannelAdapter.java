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

import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.integration.endpoint.MessageProducerSupport;
import org.springframework.integration.history.MessageHistory;
import org.springframework.integration.support.management.observation.DefaultMessageReceiverObservationConvention;
import org.springframework.integration.support.management.observation.IntegrationObservation;
import org.springframework.integration.support.management.observation.MessageReceiverContext;
import org.springframework.integration.support.management.observation.MessageReceiverObservationConvention;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessagingException;
import org.springframework.messaging.converter.MessageConversionException;

import io.namedpipe.PipeErrorType;
import io.namedpipe.framing.MalformedPayloadException;
import io.namedpipe.integration.NamedPipe;
import io.namedpipe.integration.NamedPipeObserver;
import io.namedpipe.integration.NamedPipeReceiver;
import io.namedpipe.integration.NamedPipeSession;
import io.namedpipe.transport.PeerIdentityError;

/**
 * Sends what comes from the connections of a server or client to a channel, on the thread
 * of the connection. Starting and stopping it lets it receive and pauses it; peers wait
 * meanwhile.
 */
public class NamedPipeInboundChannelAdapter extends MessageProducerSupport implements NamedPipeReceiver {

	private final NamedPipe pipe;

	private FlowErrorPolicy onError = FlowErrorPolicy.CONTINUE;

	private boolean tracked;

	private ObservationRegistry observations = ObservationRegistry.NOOP;

	private @Nullable MessageReceiverObservationConvention convention;

	/**
	 * Creates an adapter.
	 * @param pipe the server or client
	 */
	@SuppressWarnings("this-escape")
	public NamedPipeInboundChannelAdapter(NamedPipe pipe) {
		this.pipe = pipe;
		setPhase(pipe.getReceiverPhase());
	}

	/**
	 * What happens to the connection when the flow throws. The error channel, if there is
	 * one, gets the exception in both cases. Default: {@link FlowErrorPolicy#CONTINUE}.
	 * @param onError the policy
	 */
	public void setOnError(FlowErrorPolicy onError) {
		this.onError = onError;
	}

	@Override
	public String getComponentType() {
		return "namedpipe:inbound-channel-adapter";
	}

	@Override
	public void setShouldTrack(boolean shouldTrack) {
		super.setShouldTrack(shouldTrack);
		this.tracked = shouldTrack;
	}

	/**
	 * Opens Spring Integration's observations unless the pipe is observed already.
	 */
	@Override
	public void registerObservationRegistry(ObservationRegistry observationRegistry) {
		if (!this.pipe.isObserved()) {
			super.registerObservationRegistry(observationRegistry);
			this.observations = observationRegistry;
		}
	}

	@Override
	public void setObservationConvention(@Nullable MessageReceiverObservationConvention observationConvention) {
		super.setObservationConvention(observationConvention);
		this.convention = observationConvention;
	}

	@Override
	protected void onInit() {
		super.onInit();
		this.pipe.attach(this);
	}

	/**
	 * Lets the adapter receive, and starts its pipe unless that does not start with the
	 * application. A channel that does not exist fails here rather than with the first
	 * message.
	 */
	@Override
	protected void doStart() {
		super.doStart();
		getRequiredOutputChannel();
		getErrorChannel();
		this.pipe.attach(this);
		this.pipe.startReceiving();
	}

	/**
	 * Keeps the adapter from receiving. Its pipe goes on, and peers wait.
	 */
	@Override
	protected void doStop() {
		this.pipe.holdReceiver();
		super.doStop();
	}

	/**
	 * Stops the pipe, together with the application: messages that were read go through
	 * their flow, while that is still there.
	 */
	@Override
	protected void doStop(Runnable callback) {
		this.pipe.stopReceiving(() -> {
			super.doStop();
			callback.run();
		});
	}

	@Override
	public void destroy() {
		super.destroy();
		this.pipe.detach(this);
	}

	@Override
	public void receive(Object payload, NamedPipeSession session) {
		Message<?> message = session.message(payload);
		try (NamedPipeObserver.Work work = this.pipe.observer().receiving(message, session, false)) {
			try {
				sendMessage(message);
			}
			catch (PeerIdentityError ex) {
				throw ex;
			}
			catch (Throwable ex) {
				work.failed(ex);
				flowFailed(message, ex, session);
			}
		}
	}

	/**
	 * Sends an error message to the error channel, or else has the log say so. The
	 * connection goes on.
	 */
	@Override
	public void receiveMalformed(MalformedPayloadException failure, NamedPipeSession session) {
		Message<?> message = session.message(failure.getReceived());
		this.pipe.reportFailure(PipeErrorType.PAYLOAD, session.connection(), failure);
		MessageConversionException exception = new MessageConversionException(message,
				"Received by '" + this.pipe.getName() + "': " + failure.getMessage(), failure);
		try (NamedPipeObserver.Work work = this.pipe.observer().receiving(message, session, false)) {
			work.failed(failure);
			if (!sendErrorMessageIfNecessary(message, exception)) {
				this.pipe.logMalformed(session, failure);
			}
		}
		catch (PeerIdentityError ex) {
			throw ex;
		}
		catch (Throwable ex) {
			this.pipe.logErrorChannelFailure(session, failure, ex);
		}
	}

	/**
	 * As the super class does it, but for the error channel: that a flow failed has to be
	 * known here in any case.
	 */
	@Override
	protected void sendMessage(@Nullable Message<?> message) {
		if (message == null || !isObserved()) {
			send(message);
			return;
		}
		IntegrationObservation.HANDLER
			.observation(this.convention, DefaultMessageReceiverObservationConvention.INSTANCE,
					() -> new MessageReceiverContext(message, getComponentName(), "message-producer"),
					this.observations)
			.observe(() -> send(message));
	}

	private void send(@Nullable Message<?> message) {
		MessageChannel channel = getRequiredOutputChannel();
		if (this.tracked && message != null) {
			getMessagingTemplate().send(channel, MessageHistory.write(message, this, getMessageBuilderFactory()));
		}
		else if (message != null) {
			getMessagingTemplate().send(channel, message);
		}
	}

	private void flowFailed(Message<?> message, Throwable failure, NamedPipeSession session) {
		this.pipe.reportFailure(PipeErrorType.FLOW, session.connection(), failure);
		try {
			if (!sendErrorMessageIfNecessary(message, asException(message, failure))) {
				this.pipe.logFailure("The flow behind '" + this.pipe.getName() + "' failed", session, failure);
			}
		}
		catch (PeerIdentityError ex) {
			throw ex;
		}
		catch (Throwable ex) {
			this.pipe.logErrorChannelFailure(session, failure, ex);
		}
		if (this.onError == FlowErrorPolicy.CLOSE) {
			session.connection().closeReported(failure);
		}
	}

	private Exception asException(Message<?> message, Throwable failure) {
		return (failure instanceof Exception exception) ? exception
				: new MessagingException(message, "The flow behind '" + this.pipe.getName() + "' failed", failure);
	}

}
