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

package io.namedpipe.framing;

/**
 * Makes objects of the bytes of messages, and the other way round: what a
 * {@link PayloadFormat#objects format of objects} is about. Used by any number of
 * threads.
 */
public interface PayloadConverter {

	/**
	 * Makes an object of a message.
	 * @param message all bytes of the payload, not to be kept
	 * @return the object
	 * @throws MalformedPayloadException if they are none
	 */
	Object toObject(byte[] message) throws MalformedPayloadException;

	/**
	 * Makes a message of an object.
	 * @param payload what is neither bytes nor text
	 * @return the bytes
	 * @throws FramingException if that is not possible
	 */
	byte[] toBytes(Object payload) throws FramingException;

}
