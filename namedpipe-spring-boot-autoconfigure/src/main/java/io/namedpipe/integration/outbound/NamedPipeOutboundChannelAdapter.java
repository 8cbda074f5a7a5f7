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

import io.micrometer.observation.ObservationRegistry;
import org.springframework.integration.handler.AbstractMessageHandler;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHandlingException;

import io.namedpipe.DropReason;
import io.namedpipe.PipeException;
import io.namedpipe.UnknownConnectionException;
import io.namedpipe.integration.NamedPipe;
import io.namedpipe.integration.NamedPipeHeaders;
import io.namedpipe.integration.NamedPipeObserver;

/**
 * Sends messages to the connection in the header {@link NamedPipeHeaders#CONNECTION_ID},
 * and those without that header to all connections, by way of the queue of each
 * connection. A client or process has one connection and takes no notice of an id that
 * came from another pipe. The sender gets an exception if the payload cannot be sent, or
 * the connection in the header is not there, or a client is not connected. A server
 * without connections counts the message as dropped.
 */
public class NamedPipeOutboundChannelAdapter extends AbstractMessageHandler {

	private final NamedPipe pipe;

	private WithoutConnectionPolicy withoutConnection = WithoutConnectionPolicy.BROADCAST;

	private UnknownConnectionPolicy unknownConnection = UnknownConnectionPolicy.ERROR;

	/**
	 * Creates an adapter.
	 * @param pipe the server or client
	 */
	public NamedPipeOutboundChannelAdapter(NamedPipe pipe) {
		this.pipe = pipe;
	}

	/**
	 * What happens to a message without {@link NamedPipeHeaders#CONNECTION_ID}. Default:
	 * {@link WithoutConnectionPolicy#BROADCAST}. Behind a server that receives as well it
	 * may be an answer that has lost the header on its way, and is best refused.
	 * @param policy the policy
	 */
	public void setWithoutConnection(WithoutConnectionPolicy policy) {
		this.withoutConnection = policy;
	}

	/**
	 * What happens to a message whose connection is gone. Default:
	 * {@link UnknownConnectionPolicy#ERROR}.
	 * @param policy the policy
	 */
	public void setUnknownConnection(UnknownConnectionPolicy policy) {
		this.unknownConnection = policy;
	}

	@Override
	public String getComponentType() {
		return "namedpipe:outbound-channel-adapter";
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
		this.pipe.attachSender();
		this.pipe.keepReaders();
	}

	@Override
	protected void handleMessageInternal(Message<?> message) {
		try (NamedPipeObserver.Work work = this.pipe.observer().sending(message)) {
			try {
				send(message, this.pipe.outgoing(message, work));
			}
			catch (RuntimeException ex) {
				work.failed(ex);
				throw ex;
			}
		}
	}

	private void send(Message<?> message, Object outgoing) {
		try {
			String connectionId = NamedPipeHeaders.connectionId(message.getHeaders(), this.pipe.getName(),
					this.pipe.role());
			if (connectionId != null) {
				this.pipe.send(connectionId, outgoing);
			}
			else if (this.withoutConnection == WithoutConnectionPolicy.BROADCAST) {
				this.pipe.broadcast(outgoing);
			}
			else {
				throw new MessageHandlingException(message,
						"Not sent to '" + this.pipe.getName() + "': the message has no " + "header "
								+ NamedPipeHeaders.CONNECTION_ID + ", and would go to everybody. Copy the header from "
								+ "the message that this one answers, or allow it (without-connection: broadcast)");
			}
		}
		catch (UnknownConnectionException ex) {
			if (this.unknownConnection == UnknownConnectionPolicy.DROP) {
				this.pipe.statistics().countDropped(DropReason.UNKNOWN_CONNECTION);
				this.logger.debug(() -> "Dropped: " + ex.getMessage());
				return;
			}
			throw notSent(message, ex);
		}
		catch (PipeException ex) {
			throw notSent(message, ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new MessageHandlingException(message,
					"Interrupted while waiting for room in a queue of '" + this.pipe.getName() + "'", ex);
		}
	}

	private MessageHandlingException notSent(Message<?> message, PipeException failure) {
		return new MessageHandlingException(message,
				"Not sent to '" + this.pipe.getName() + "': " + failure.getMessage(), failure);
	}

}
