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

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.integration.support.MessageBuilder;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageDeliveryException;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.support.ExecutorChannelInterceptor;
import org.springframework.messaging.support.InterceptableChannel;

import io.namedpipe.integration.NamedPipeHeaders;

/**
 * Refuses a message of a flow that runs as the client when it meets it on another thread,
 * where it would run as the server.
 */
final class RunAsClientGuard implements ExecutorChannelInterceptor {

	private static final RunAsClientGuard INSTANCE = new RunAsClientGuard();

	private RunAsClientGuard() {
	}

	/**
	 * Has all channels look after such messages.
	 * @param beanFactory has the channels
	 */
	static void protect(@Nullable BeanFactory beanFactory) {
		if (beanFactory instanceof ListableBeanFactory beans) {
			for (InterceptableChannel channel : beans.getBeansOfType(InterceptableChannel.class, false, false)
				.values()) {
				if (!channel.getInterceptors().contains(INSTANCE)) {
					channel.addInterceptor(INSTANCE);
				}
			}
		}
	}

	/**
	 * Binds a message to this thread.
	 * @param message the message
	 * @return the message with the header that tells so
	 */
	static Message<?> mark(Message<?> message) {
		return MessageBuilder.fromMessage(message).setHeader(NamedPipeHeaders.RUN_AS_CLIENT_THREAD, threadId()).build();
	}

	@Override
	public Message<?> preSend(Message<?> message, MessageChannel channel) {
		return check(message, channel);
	}

	@Override
	public Message<?> beforeHandle(Message<?> message, MessageChannel channel, MessageHandler handler) {
		return check(message, channel);
	}

	private static Message<?> check(Message<?> message, MessageChannel channel) {
		Object expected = message.getHeaders().get(NamedPipeHeaders.RUN_AS_CLIENT_THREAD);
		if (expected != null && !expected.equals(threadId())) {
			throw new MessageDeliveryException(message,
					"A flow that runs as the client (impersonate-client) must stay on its thread: on " + channel
							+ " it has come to " + Thread.currentThread().getName()
							+ ", where it would run as the server. Use direct channels, or remove the header "
							+ NamedPipeHeaders.RUN_AS_CLIENT_THREAD + " to go on as the server");
		}
		return message;
	}

	@SuppressWarnings("deprecation") // Thread.threadId() came with Java 19
	private static Long threadId() {
		return Thread.currentThread().getId();
	}

}
