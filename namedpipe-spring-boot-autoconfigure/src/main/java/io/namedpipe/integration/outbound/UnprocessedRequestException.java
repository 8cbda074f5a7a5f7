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

import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHandlingException;

/**
 * A request of an outbound gateway has failed and cannot have been processed: nothing was
 * sent, for lack of a connection or since the payload cannot be sent, or the server left
 * before it had read the request. Sending the message again is safe. What another
 * exception of the gateway is about may have been processed.
 */
public class UnprocessedRequestException extends MessageHandlingException {

	public UnprocessedRequestException(Message<?> failedMessage, String description, Throwable cause) {
		super(failedMessage, description, cause);
	}

}
