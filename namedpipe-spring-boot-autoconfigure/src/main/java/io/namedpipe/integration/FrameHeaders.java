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

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.integration.IntegrationMessageHeaderAccessor;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;

import io.namedpipe.framing.Frame;

/**
 * The headers of a frame as headers of a message, and the other way round. Names that
 * have a meaning to Spring are not accepted from a peer, which could redirect a reply or
 * choose a file by them: those of Spring Messaging and Spring Integration, and all with
 * an underscore, which separates the prefix that each module gives its headers.
 */
final class FrameHeaders {

	private static final Set<String> RESERVED = Set.of(MessageHeaders.ID, MessageHeaders.TIMESTAMP,
			MessageHeaders.CONTENT_TYPE, MessageHeaders.REPLY_CHANNEL, MessageHeaders.ERROR_CHANNEL,
			IntegrationMessageHeaderAccessor.CORRELATION_ID, IntegrationMessageHeaderAccessor.EXPIRATION_DATE,
			IntegrationMessageHeaderAccessor.PRIORITY, IntegrationMessageHeaderAccessor.SEQUENCE_NUMBER,
			IntegrationMessageHeaderAccessor.SEQUENCE_SIZE, IntegrationMessageHeaderAccessor.SEQUENCE_DETAILS,
			IntegrationMessageHeaderAccessor.ROUTING_SLIP, IntegrationMessageHeaderAccessor.DUPLICATE_MESSAGE,
			IntegrationMessageHeaderAccessor.CLOSEABLE_RESOURCE, IntegrationMessageHeaderAccessor.DELIVERY_ATTEMPT,
			IntegrationMessageHeaderAccessor.ACKNOWLEDGMENT_CALLBACK, IntegrationMessageHeaderAccessor.SOURCE_DATA,
			"history", "originalPayload", "nullBean", "Trace", "errorMessage", "nativeHeaders", "lookupDestination");

	/** Destinations, sessions and users of WebSocket messaging. */
	private static final String SIMPLE_MESSAGING = "simp";

	// which describes how a payload was sent, not the payload
	private static final Set<String> OF_TRANSPORT = Set.of("content-length", "transfer-encoding");

	private FrameHeaders() {
	}

	private static boolean isMapped(String name) {
		return name.indexOf('_') < 0 && !RESERVED.contains(name) && !name.startsWith(SIMPLE_MESSAGING);
	}

	/**
	 * Adds the headers of a frame to those of a message.
	 */
	static void copy(Frame frame, Map<String, Object> headers) {
		if (frame.prefix() != null) {
			headers.put(NamedPipeHeaders.FRAME_PREFIX, frame.prefix());
		}
		frame.headers().forEach((name, value) -> {
			if (isMapped(name)) {
				headers.put(name, value);
			}
		});
	}

	/**
	 * Turns a message into a frame.
	 * @param more headers that count rather than those of the message
	 */
	static Frame frame(Message<?> message, Map<String, String> more) {
		Map<String, String> headers = new LinkedHashMap<>();
		message.getHeaders().forEach((name, value) -> {
			if (isText(value) && isMapped(name) && !OF_TRANSPORT.contains(name.toLowerCase(Locale.ROOT))) {
				headers.put(name, value.toString());
			}
		});
		headers.putAll(more);
		return new Frame(message.getPayload(), prefix(message), headers);
	}

	private static byte @Nullable [] prefix(Message<?> message) {
		Object prefix = message.getHeaders().get(NamedPipeHeaders.FRAME_PREFIX);
		if (prefix != null && !(prefix instanceof byte[])) {
			throw new IllegalArgumentException("The header " + NamedPipeHeaders.FRAME_PREFIX
					+ " has to be a byte[], not a " + prefix.getClass().getName());
		}
		return (byte[]) prefix;
	}

	private static boolean isText(Object value) {
		return value instanceof CharSequence || value instanceof Number || value instanceof Boolean;
	}

}
