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

package io.namedpipe.integration.event;

import org.jspecify.annotations.Nullable;
import org.springframework.integration.events.IntegrationEvent;

/**
 * Something happened on a pipe. Published on the thread where it happened: a listener
 * that takes its time delays that connection.
 */
public abstract class NamedPipeEvent extends IntegrationEvent {

	private final String pipe;

	NamedPipeEvent(Object source, String pipe, @Nullable Throwable cause) {
		super(source, cause);
		this.pipe = pipe;
	}

	/**
	 * The logical name of the server or client.
	 * @return the name
	 */
	public String getPipe() {
		return this.pipe;
	}

}
