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

package io.namedpipe.transport.unix.anonymous;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

import io.namedpipe.transport.AnonymousPipe;
import io.namedpipe.transport.AnonymousPipes;
import io.namedpipe.transport.Obstacle;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.unix.libc.NativeLinux;

/**
 * Anonymous pipes on Linux. A handle is the number of a descriptor.
 */
public final class LinuxAnonymousPipes implements AnonymousPipes {

	/**
	 * For {@link java.util.ServiceLoader}.
	 */
	public LinuxAnonymousPipes() {
	}

	@Override
	public boolean isForThisPlatform() {
		return !NativeLinux.isWindows();
	}

	@Override
	public Optional<Obstacle> obstacle() {
		return NativeLinux.obstacle("An anonymous pipe");
	}

	@Override
	public AnonymousPipe create(boolean weRead, OptionalInt bufferSize) throws TransportException {
		return LinuxAnonymousPipe.create(weRead, bufferSize);
	}

	@Override
	public TransportChannel open(String handle, boolean reads) throws TransportException {
		return InheritedDescriptor.of(handle).takeOver(reads);
	}

	@Override
	public Process start(ProcessBuilder command, Map<String, AnonymousPipe> pipes) throws TransportException {
		return new ShellLauncher(command, pipes).start();
	}

}
