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

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link InstanceFactory}: what CreateNamedPipe is called with, whether Wine
 * cares or not.
 */
class InstanceFactoryTests {

	private static final int OVERLAPPED = 0x40000000;

	private static final int FIRST_INSTANCE = 0x80000;

	@Test
	void everyHandleIsOverlappedAndTheFirstOneIsExclusive() {
		assertThat(arguments(Options.of("x"), true).openMode()).isEqualTo(OVERLAPPED | FIRST_INSTANCE | 3);
		assertThat(arguments(Options.of("x"), false).openMode()).isEqualTo(OVERLAPPED | 3);
	}

	@Test
	void directionIsAsTheServerSeesIt() {
		assertThat(arguments(Options.of("x").readOnly(), false).openMode()).isEqualTo(OVERLAPPED | 1);
		assertThat(arguments(Options.of("x").writeOnly(), false).openMode()).isEqualTo(OVERLAPPED | 2);
	}

	@Test
	void remoteClientsAreRejectedUnlessAllowed() {
		assertThat(arguments(Options.of("x"), false).pipeMode()).isEqualTo(8);
		assertThat(arguments(Options.of("x").acceptRemoteClients(), false).pipeMode()).isZero();
	}

	@Test
	void messageModeIsForTheTypeAndForReading() {
		assertThat(arguments(Options.of("x").message(), false).pipeMode()).isEqualTo(8 | 4 | 2);
	}

	@ParameterizedTest
	@ValueSource(ints = { -1, 1, 254, 255, 1000 })
	void theMaximumIsOursToKeep(int configured) {
		assertThat(arguments(Options.of("x").maxInstances(configured), false).maxInstances()).isEqualTo(255);
	}

	@Test
	void buffersAre64KibibytesUnlessSet() {
		assertThat(arguments(Options.of("x"), false)).returns(65536, InstanceFactory.Arguments::inBufferSize)
			.returns(65536, InstanceFactory.Arguments::outBufferSize)
			.returns(50, InstanceFactory.Arguments::defaultTimeout);
		assertThat(arguments(Options.of("x").bufferSize(512), false))
			.returns(512, InstanceFactory.Arguments::inBufferSize)
			.returns(512, InstanceFactory.Arguments::outBufferSize);
	}

	@Test
	@EnabledOnOs(OS.WINDOWS)
	void theKernelHasGotThem() throws Exception {
		Options options = Options.of("arguments").message().bufferSize(4096);
		NativeSecurityDescriptor security = NativeSecurityDescriptor.parse("D:(A;;GA;;;WD)", Tokens.currentUser());
		PipeInstance end = new InstanceFactory("\\\\.\\pipe\\arguments", options.listen(), security).createFirst();
		try {
			int[] kernel = ask(end.pipe());
			assertThat(kernel).startsWith(1 | 4, 4096, 4096);
			// Wine says -1 of as many as one likes
			assertThat(kernel[3]).isIn(Kernel32.PIPE_UNLIMITED_INSTANCES, -1);
		}
		finally {
			end.close();
			security.free();
		}
	}

	private static int[] ask(long pipe) {
		Memory memory = new Memory(12);
		long address = Pointer.nativeValue(memory);
		int[] flags = new int[1];
		assertThat(Kernel32.GetNamedPipeInfo(pipe, flags, address, address + 4, address + 8)).isTrue();
		return new int[] { flags[0], memory.getInt(0), memory.getInt(4), memory.getInt(8) };
	}

	private static InstanceFactory.Arguments arguments(Options options, boolean first) {
		return new InstanceFactory("\\\\.\\pipe\\x", options.listen(), null).arguments(first);
	}

}
