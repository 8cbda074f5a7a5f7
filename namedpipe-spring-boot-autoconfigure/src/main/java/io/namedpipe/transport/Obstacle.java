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

import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.TransportException.Reason;

/**
 * Why something cannot be used although this is its platform.
 *
 * @param reason {@link Reason#MISSING_LIBRARY} or {@link Reason#UNSUPPORTED}
 * @param message what is missing and how to get it
 */
public record Obstacle(Reason reason, String message) {

	/**
	 * An optional library is not on the class path.
	 * @param message what is missing and how to get it
	 * @return the obstacle
	 */
	public static Obstacle missingLibrary(String message) {
		return new Obstacle(Reason.MISSING_LIBRARY, message);
	}

	/**
	 * This platform, or this process, cannot do it.
	 * @param message what is missing and how to get it
	 * @return the obstacle
	 */
	public static Obstacle unsupported(String message) {
		return new Obstacle(Reason.UNSUPPORTED, message);
	}

	static TransportException failure(List<Obstacle> obstacles, @Nullable Setting setting, String withoutAny) {
		Reason reason = obstacles.stream().map(Obstacle::reason).findFirst().orElse(Reason.UNSUPPORTED);
		String message = obstacles.stream().map(Obstacle::message).collect(Collectors.joining("; "));
		return new TransportException(reason, setting, (!obstacles.isEmpty()) ? message : withoutAny, null);
	}

}
