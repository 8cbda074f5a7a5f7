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
import io.namedpipe.integration.ExchangeConnections;
import io.namedpipe.integration.NamedPipeClient;
import io.namedpipe.integration.NamedPipeObserver;
import io.namedpipe.integration.RequestExecutor;
import io.namedpipe.integration.RequestNotProcessedException;
import io.namedpipe.transport.TimeLimit;

/**
 * Sends each request over a connection of its own from a pool and waits for the reply on
 * the thread of the sender. A reply that does not come in time raises a
 * {@link MessageTimeoutException} and is never handed to another sender. An
 * {@link UnprocessedRequestException} says that the request cannot have been processed;
 * with any other exception that is not known.
 */
public class NamedPipeOutboundGateway extends AbstractReplyProducingMessageHandler {

	/** Default of {@link #setReplyTimeout(Duration)}: 30 seconds. */
	public static final Duration DEFAULT_REPLY_TIMEOUT = Duration.ofSeconds(30);

	/** Default of {@link #setMaxConnections(int)}. */
	public static final int DEFAULT_MAX_CONNECTIONS = 4;

	private final NamedPipeClient client;

	private Duration replyTimeout = DEFAULT_REPLY_TIMEOUT;

	private int maxConnections = DEFAULT_MAX_CONNECTIONS;

	private ExchangeConnections connections = ExchangeConnections.POOLED;

	private volatile @Nullable RequestExecutor pool;

	/**
	 * Creates a gateway.
	 * @param client the client
	 */
	public NamedPipeOutboundGateway(NamedPipeClient client) {
		this.client = client;
	}

	/**
	 * The longest time until the reply is there, a wait for a free connection included.
	 * Default: {@link #DEFAULT_REPLY_TIMEOUT}.
	 * @param timeout the time, positive and at most {@link TimeLimit#LONGEST}
	 */
	public void setReplyTimeout(Duration timeout) {
		this.replyTimeout = TimeLimit.positive("replyTimeout", timeout);
	}

	/**
	 * How many exchanges can go on at once; further ones wait. Default:
	 * {@value #DEFAULT_MAX_CONNECTIONS}.
	 * @param maxConnections the number, at least 1
	 */
	public void setMaxConnections(int maxConnections) {
		Assert.isTrue(maxConnections >= 1, () -> "maxConnections must be at least 1, but is " + maxConnections);
		this.maxConnections = maxConnections;
	}

	/**
	 * Which connections the exchanges have. Default: {@link ExchangeConnections#POOLED}.
	 * @param connections the kind
	 */
	public void setConnections(ExchangeConnections connections) {
		this.connections = connections;
	}

	@Override
	public String getComponentType() {
		return "namedpipe:outbound-gateway";
	}

	/**
	 * Opens Spring Integration's observations unless the client is observed already.
	 */
	@Override
	public void registerObservationRegistry(ObservationRegistry observationRegistry) {
		if (!this.client.isObserved()) {
			super.registerObservationRegistry(observationRegistry);
		}
	}

	@Override
	protected void doInit() {
		this.pool = this.client.openExchangePool(this.maxConnections, this.connections);
	}

	/**
	 * Gives the connections back, so that another gateway can have some.
	 */
	@Override
	public void destroy() {
		RequestExecutor exchanges = this.pool;
		if (exchanges != null) {
			this.pool = null;
			this.client.closeExchangePool(exchanges);
		}
		super.destroy();
	}

	@Override
	protected @Nullable Object handleRequestMessage(Message<?> requestMessage) {
		RequestExecutor exchanges = this.pool;
		Assert.state(exchanges != null, "Not initialized");
		try (NamedPipeObserver.Work work = this.client.observer().requesting(requestMessage)) {
			try {
				return exchange(exchanges, requestMessage, this.client.outgoing(requestMessage, work));
			}
			catch (RuntimeException ex) {
				work.failed(ex);
				throw ex;
			}
		}
	}

	private Object reply(Object received) {
		return (received instanceof Frame) ? this.client.incoming(received) : received;
	}

	private @Nullable Object exchange(RequestExecutor exchanges, Message<?> requestMessage, Object outgoing) {
		try {
			return reply(exchanges.exchange(outgoing, this.replyTimeout));
		}
		catch (RequestNotProcessedException ex) {
			throw new UnprocessedRequestException(
					requestMessage, "The request to '" + this.client.getName()
							+ "' has not been processed, and can be sent again: " + ex.getMessage(),
					Objects.requireNonNullElse(ex.getCause(), ex));
		}
		catch (PipeTimeoutException ex) {
			throw new MessageTimeoutException(requestMessage, "No reply from '" + this.client.getName() + "' in time",
					ex);
		}
		catch (MalformedPayloadException ex) {
			throw new MessageHandlingException(requestMessage,
					"The reply from '" + this.client.getName() + "' cannot be read: " + ex.getMessage(), ex);
		}
		catch (IOException ex) {
			throw new MessageHandlingException(requestMessage,
					"No reply from '" + this.client.getName() + "': " + ex.getMessage(), ex);
		}
	}

}
