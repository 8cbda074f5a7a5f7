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

package io.namedpipe.transport;

import java.util.Optional;
import java.util.Set;

/**
 * Offers a {@link Transport}, found by {@link java.util.ServiceLoader}. A provider can be
 * loaded on every platform and with or without the optional libraries; it loads its
 * transport only when it is available.
 */
public interface TransportProvider {

	/**
	 * What the transport could do were it available.
	 * @return the capabilities by which a transport is selected
	 */
	Set<Capability> capabilities();

	/**
	 * Tells whether this platform is the transport's own.
	 * @return {@code true} if the transport is meant for this platform
	 */
	boolean isForThisPlatform();

	/**
	 * Why the transport cannot be used although this is its platform.
	 * @return what is missing and how to get it, or empty if it is available
	 */
	Optional<Obstacle> obstacle();

	/**
	 * Creates the transport. Called only if there is no {@link #obstacle()}.
	 * @return the transport
	 */
	Transport create();

}
