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
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.ServiceLoader;

import io.namedpipe.transport.TransportException.Reason;

/**
 * The anonymous pipes of one platform, and child processes that get them. Found by
 * {@link ServiceLoader}; an implementation can be loaded on every platform and with or
 * without the optional libraries, and holds no state.
 */
public interface AnonymousPipes {

	/**
	 * Whether this implementation is for this platform.
	 * @return {@code true} if it is meant for this platform
	 */
	boolean isForThisPlatform();

	/**
	 * Why this cannot be used although this is its platform.
	 * @return what is missing and how to get it, or empty if it is available
	 */
	Optional<Obstacle> obstacle();

	/**
	 * Makes a pipe. Neither end is inherited by a process that is started otherwise than
	 * by {@link #start}.
	 * @param weRead whether our end is the one that reads
	 * @param bufferSize the size of the kernel's buffer in bytes; empty for the
	 * platform's default
	 * @return the pipe
	 * @throws TransportException if the pipe or its size cannot be had
	 */
	AnonymousPipe create(boolean weRead, OptionalInt bufferSize) throws TransportException;

	/**
	 * Takes over the end of a pipe that this process was started with.
	 * @param handle the number as the parent passed it; it is not to be used again
	 * @param reads whether it is expected to be the end that reads
	 * @return the channel
	 * @throws TransportException with {@link Reason#INVALID_NAME} if the handle is not a
	 * number, not open, not a pipe or not the expected end, saying which and what to do;
	 * nothing is closed then
	 */
	TransportChannel open(String handle, boolean reads) throws TransportException;

	/**
	 * Starts a process that inherits the client's ends of these pipes and of no others,
	 * also if another thread starts one at the same moment. Once it has started, the
	 * copies of the client's ends in this process are disposed.
	 * @param command the command, with environment, directory and the redirection of
	 * standard error. Each {@code {name}} in an argument is replaced by the handle that
	 * the pipe of that name has in the new process
	 * @param pipes the pipes by name. One that no argument names becomes the standard
	 * input or output of the process; otherwise its standard input is empty, and its
	 * standard output goes where its standard error goes
	 * @return the process, which leaves no zombie
	 * @throws TransportException with {@link Reason#NO_SERVER} if there is no such
	 * command, with {@link Reason#ACCESS_DENIED} if it must not be executed, or with
	 * {@link Reason#UNUSABLE_FOLDER} for the directory
	 */
	Process start(ProcessBuilder command, Map<String, AnonymousPipe> pipes) throws TransportException;

	/**
	 * Finds the anonymous pipes of this platform.
	 * @return the implementation
	 * @throws TransportException with {@link Reason#UNSUPPORTED} or
	 * {@link Reason#MISSING_LIBRARY} if there is none, saying what is missing
	 */
	static AnonymousPipes ofThisPlatform() throws TransportException {
		List<Obstacle> obstacles = new ArrayList<>();
		for (AnonymousPipes pipes : ServiceLoader.load(AnonymousPipes.class, AnonymousPipes.class.getClassLoader())) {
			if (pipes.isForThisPlatform()) {
				Optional<Obstacle> obstacle = pipes.obstacle();
				if (obstacle.isEmpty()) {
					return pipes;
				}
				obstacles.add(obstacle.get());
			}
		}
		throw Obstacle.failure(obstacles, null, "There are no anonymous pipes on " + System.getProperty("os.name"));
	}

}
