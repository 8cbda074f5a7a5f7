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

package io.namedpipe.faults;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import io.namedpipe.testsupport.PeerProcess;
import io.namedpipe.transport.windows.WindowsProgram;

/**
 * What the {@link KilledPeerScenario} asks, over the pipes of Windows, with a program in
 * C at the other side.
 */
@EnabledOnOs(OS.WINDOWS)
class WindowsKilledPeerTests extends KilledPeerTests {

	@Override
	String pipeName(Path folder) {
		return "scenario-" + ProcessHandle.current().pid();
	}

	@Override
	PeerProcess start(List<String> arguments) throws IOException {
		return PeerProcess.start(WindowsProgram.command("killed-peer", arguments.toArray(String[]::new)));
	}

	@Override
	List<String> child(List<String> arguments) {
		List<String> command = new ArrayList<>(List.of(WindowsProgram.path("killed-peer")));
		command.addAll(arguments);
		return command;
	}

	@Override
	int kills() {
		return Integer.getInteger("namedpipe.test.kills", 2);
	}

}
