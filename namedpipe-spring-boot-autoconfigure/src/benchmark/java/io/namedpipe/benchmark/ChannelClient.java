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

package io.namedpipe.benchmark;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.support.GenericMessage;

/**
 * Sends to the channel {@code requests} of a context and takes the reply, which each of
 * the gateways measured gives on the thread of the sender.
 */
final class ChannelClient implements Peer.Client {

	private final ConfigurableApplicationContext context;

	private final MessageChannel requests;

	private final boolean echo;

	private final Map<String, Object> headers = Map.of(MessageHeaders.REPLY_CHANNEL, (MessageChannel) this::reply);

	private @Nullable Message<?> reply;

	ChannelClient(ConfigurableApplicationContext context, boolean echo) {
		this.context = context;
		this.requests = context.getBean("requests", MessageChannel.class);
		this.echo = echo;
	}

	@Override
	public void exchange(byte[] payload) {
		if (!this.echo) {
			this.requests.send(new GenericMessage<>(payload));
			return;
		}
		this.reply = null;
		this.requests.send(new GenericMessage<>(payload, this.headers));
		if (this.reply == null || ((byte[]) this.reply.getPayload()).length != payload.length) {
			throw new IllegalStateException("No reply, or a wrong one");
		}
	}

	private boolean reply(Message<?> message, long timeout) {
		this.reply = message;
		return true;
	}

	@Override
	public void close() {
		this.context.close();
	}

}
