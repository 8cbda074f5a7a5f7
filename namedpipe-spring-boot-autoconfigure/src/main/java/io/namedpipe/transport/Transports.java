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

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.TransportException.Reason;

/**
 * Selects the transport of this platform.
 */
public final class Transports {

	private Transports() {
	}

	/**
	 * Finds a transport of this platform that can do what is asked for.
	 * @param required the capabilities needed
	 * @return the transport
	 * @throws TransportException with {@link Reason#UNSUPPORTED} or
	 * {@link Reason#MISSING_LIBRARY} if there is none, saying what is missing
	 */
	public static Transport select(Set<Capability> required) throws TransportException {
		List<Obstacle> obstacles = new ArrayList<>();
		for (TransportProvider provider : ServiceLoader.load(TransportProvider.class,
				Transports.class.getClassLoader())) {
			if (provider.isForThisPlatform() && provider.capabilities().containsAll(required)) {
				var obstacle = provider.obstacle();
				if (obstacle.isEmpty()) {
					return provider.create();
				}
				obstacles.add(obstacle.get());
			}
		}
		throw Obstacle.failure(obstacles, setting(required),
				"No transport on " + System.getProperty("os.name") + " offers " + required);
	}

	private static @Nullable Setting setting(Set<Capability> required) {
		if (required.contains(Capability.MESSAGE_MODE)) {
			return new Setting("transmission-mode", "message");
		}
		return (required.contains(Capability.FIFO)) ? new Setting("type", "fifo") : null;
	}

}
