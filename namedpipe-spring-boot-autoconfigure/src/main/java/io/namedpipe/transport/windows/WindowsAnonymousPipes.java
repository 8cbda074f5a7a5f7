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

package io.namedpipe.transport.windows;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

import io.namedpipe.transport.AnonymousPipe;
import io.namedpipe.transport.AnonymousPipes;
import io.namedpipe.transport.Obstacle;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;

/**
 * Anonymous pipes of Windows, which need JNA.
 */
public final class WindowsAnonymousPipes implements AnonymousPipes {

	/**
	 * For {@link java.util.ServiceLoader}.
	 */
	public WindowsAnonymousPipes() {
	}

	@Override
	public boolean isForThisPlatform() {
		return new WindowsTransportProvider().isForThisPlatform();
	}

	@Override
	public Optional<Obstacle> obstacle() {
		return new WindowsTransportProvider().obstacle();
	}

	@Override
	public AnonymousPipe create(boolean weRead, OptionalInt bufferSize) throws TransportException {
		return WindowsAnonymousPipe.create(weRead, bufferSize);
	}

	@Override
	public TransportChannel open(String handle, boolean reads) throws TransportException {
		return InheritedHandle.of(handle).takeOver(reads);
	}

	@Override
	public Process start(ProcessBuilder command, Map<String, AnonymousPipe> pipes) throws TransportException {
		return new ProcessLauncher(command, pipes).start();
	}

}
