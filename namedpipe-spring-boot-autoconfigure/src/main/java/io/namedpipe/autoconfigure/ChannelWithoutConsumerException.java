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

package io.namedpipe.autoconfigure;

/**
 * An endpoint that reads would send to a channel that nobody declared and nobody consumes
 * from, which is most likely a misspelt one.
 */
class ChannelWithoutConsumerException extends RuntimeException {

	private final String property;

	private final String channel;

	ChannelWithoutConsumerException(String property, String channel) {
		super("Property '%s' names the channel '%s', which is not declared and from which nobody consumes"
			.formatted(property, channel));
		this.property = property;
		this.channel = channel;
	}

	String getProperty() {
		return this.property;
	}

	String getChannel() {
		return this.channel;
	}

}
