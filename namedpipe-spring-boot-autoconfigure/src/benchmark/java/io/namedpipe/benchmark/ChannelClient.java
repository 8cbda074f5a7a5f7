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

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.core.GenericMessagingTemplate;
import org.springframework.messaging.support.GenericMessage;

/**
 * Sends to the channel {@code requests} of a context.
 */
final class ChannelClient implements Peer.Client {

	private final ConfigurableApplicationContext context;

	private final MessageChannel requests;

	private final boolean echo;

	private final GenericMessagingTemplate template = new GenericMessagingTemplate();

	ChannelClient(ConfigurableApplicationContext context, boolean echo) {
		this.context = context;
		this.requests = context.getBean("requests", MessageChannel.class);
		this.echo = echo;
	}

	@Override
	public void exchange(byte[] payload) {
		GenericMessage<byte[]> message = new GenericMessage<>(payload);
		if (!this.echo) {
			this.requests.send(message);
		}
		else if (this.template.sendAndReceive(this.requests, message) == null) {
			throw new IllegalStateException("No reply");
		}
	}

	@Override
	public void close() {
		this.context.close();
	}

}
