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

package io.namedpipe.integration.outbound;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;

import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.integration.MessageTimeoutException;
import org.springframework.integration.handler.AbstractReplyProducingMessageHandler;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHandlingException;
import org.springframework.util.Assert;

import io.namedpipe.PipeTimeoutException;
import io.namedpipe.framing.Frame;
import io.namedpipe.framing.MalformedPayloadException;
import io.namedpipe.integration.ChildExchanges;
import io.namedpipe.integration.NamedPipeObserver;
import io.namedpipe.integration.NamedPipeProcess;
import io.namedpipe.integration.RequestNotProcessedException;
import io.namedpipe.transport.TimeLimit;

/**
 * Sends each request to a child process and waits for the reply on the thread of the
 * sender, one request after the other. A reply that does not come in time raises a
 * {@link MessageTimeoutException} and is never handed to another sender. An
 * {@link UnprocessedRequestException} says that the request cannot have been processed;
 * with any other exception that is not known.
 */
public class NamedPipeProcessGateway extends AbstractReplyProducingMessageHandler {

	private final NamedPipeProcess process;

	private Duration replyTimeout = NamedPipeOutboundGateway.DEFAULT_REPLY_TIMEOUT;

	private boolean restartOnTimeout;

	private volatile @Nullable ChildExchanges exchanges;

	/**
	 * Creates a gateway.
	 * @param process the process
	 */
	public NamedPipeProcessGateway(NamedPipeProcess process) {
		this.process = process;
	}

	/**
	 * The longest time until the reply is there, a wait for other exchanges and for a
	 * restart included. Default: {@link NamedPipeOutboundGateway#DEFAULT_REPLY_TIMEOUT}.
	 * @param timeout the time, positive and at most {@link TimeLimit#LONGEST}
	 */
	public void setReplyTimeout(Duration timeout) {
		this.replyTimeout = TimeLimit.positive("replyTimeout", timeout);
	}

	/**
	 * Whether a child that gives no reply within {@link #setReplyTimeout} of getting the
	 * request is killed and started again. If not, the next request waits until the reply
	 * that is late has come, which is dropped; a child that does not give it in as much
	 * time again is killed and started again as well, as nothing else would tell its
	 * replies apart. Default: {@code false}.
	 * @param restart whether to start it again
	 */
	public void setRestartOnTimeout(boolean restart) {
		this.restartOnTimeout = restart;
	}

	@Override
	public String getComponentType() {
		return "namedpipe:process-gateway";
	}

	/**
	 * Opens Spring Integration's observations unless the process is observed already.
	 */
	@Override
	public void registerObservationRegistry(ObservationRegistry observationRegistry) {
		if (!this.process.isObserved()) {
			super.registerObservationRegistry(observationRegistry);
		}
	}

	@Override
	protected void doInit() {
		this.exchanges = this.process.openExchanges(this.restartOnTimeout);
	}

	/**
	 * Lets another gateway have the replies.
	 */
	@Override
	public void destroy() {
		ChildExchanges current = this.exchanges;
		if (current != null) {
			this.exchanges = null;
			this.process.closeExchanges(current);
		}
		super.destroy();
	}

	@Override
	protected @Nullable Object handleRequestMessage(Message<?> requestMessage) {
		ChildExchanges current = this.exchanges;
		Assert.state(current != null, "Not initialized");
		try (NamedPipeObserver.Work work = this.process.observer().requesting(requestMessage)) {
			try {
				return exchange(current, requestMessage, this.process.outgoing(requestMessage, work));
			}
			catch (RuntimeException ex) {
				work.failed(ex);
				throw ex;
			}
		}
	}

	private Object exchange(ChildExchanges current, Message<?> requestMessage, Object outgoing) {
		try {
			Object reply = current.exchange(outgoing, this.replyTimeout);
			return (reply instanceof Frame) ? this.process.incoming(reply) : reply;
		}
		catch (RequestNotProcessedException ex) {
			throw new UnprocessedRequestException(
					requestMessage, "The request to '" + this.process.getName()
							+ "' has not been processed, and can be sent again: " + ex.getMessage(),
					Objects.requireNonNullElse(ex.getCause(), ex));
		}
		catch (PipeTimeoutException ex) {
			throw new MessageTimeoutException(requestMessage, "No reply from '" + this.process.getName() + "' in time",
					ex);
		}
		catch (MalformedPayloadException ex) {
			throw new MessageHandlingException(requestMessage,
					"The reply from '" + this.process.getName() + "' cannot be read: " + ex.getMessage(), ex);
		}
		catch (IOException ex) {
			throw new MessageHandlingException(requestMessage,
					"No reply from '" + this.process.getName() + "': " + ex.getMessage(), ex);
		}
	}

}
