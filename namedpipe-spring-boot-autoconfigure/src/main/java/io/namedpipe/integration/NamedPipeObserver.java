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

import java.util.Map;

import org.springframework.messaging.Message;

/**
 * Called by the endpoints of a server or client around the handling of each message, on
 * the handling thread, for traces. What is returned is closed on the same thread when the
 * work is done, unless it has {@linkplain Work#leaveThread() left} that thread. Without
 * an observer a message costs nothing more.
 */
public interface NamedPipeObserver {

	/** Observes nothing. */
	NamedPipeObserver NONE = new NamedPipeObserver() {
	};

	/**
	 * A message has been read and goes through its flow now.
	 * @param message the message
	 * @param session where it came from
	 * @param replying whether the flow gives a reply, and writing it belongs to the work
	 * @return the work that begins
	 */
	default Work receiving(Message<?> message, NamedPipeSession session, boolean replying) {
		return Work.NONE;
	}

	/**
	 * A message is handed over for sending.
	 * @param message the message
	 * @return the work that begins
	 */
	default Work sending(Message<?> message) {
		return Work.NONE;
	}

	/**
	 * A request is sent, and its reply waited for.
	 * @param message the request
	 * @return the work that begins
	 */
	default Work requesting(Message<?> message) {
		return Work.NONE;
	}

	/**
	 * Work that goes on.
	 */
	interface Work extends AutoCloseable {

		/** Work that nobody observes. */
		Work NONE = new Work() {
		};

		/**
		 * The headers that let the peer go on with it, such as {@code traceparent}. They
		 * are written where the framing has a place for them.
		 * @return the headers by name
		 */
		default Map<String, String> headers() {
			return Map.of();
		}

		/**
		 * It has failed.
		 * @param failure why
		 */
		default void failed(Throwable failure) {
		}

		/**
		 * The thread that began it does so here and has no more part in it. The work may
		 * go on elsewhere: {@link #close()} comes from any thread then, before or after
		 * this. On the beginning thread it comes after this.
		 */
		default void leaveThread() {
		}

		/**
		 * It is done.
		 */
		@Override
		default void close() {
		}

	}

}
