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
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Numbered messages of different lengths with a checksum, and the account that peers keep
 * of their numbers in a file.
 */
final class CheckedMessages {

	private CheckedMessages() {
	}

	static byte[] message(long number) {
		byte[] message = new byte[8 + (int) (number * 37 % 900) + 4];
		ByteBuffer.wrap(message).putLong(number);
		ByteBuffer.wrap(message).putInt(message.length - 4, checksum(message));
		return message;
	}

	private static int checksum(byte[] message) {
		CRC32 checksum = new CRC32();
		checksum.update(message, 0, message.length - 4);
		return (int) checksum.getValue();
	}

	static long number(byte[] message) {
		assertThat(ByteBuffer.wrap(message).getInt(message.length - 4)).as("checksum").isEqualTo(checksum(message));
		return ByteBuffer.wrap(message).getLong();
	}

	static List<Long> account(Path file) throws IOException {
		ByteBuffer content = ByteBuffer.wrap(Files.exists(file) ? Files.readAllBytes(file) : new byte[0]);
		List<Long> numbers = new ArrayList<>();
		while (content.remaining() >= 8) {
			numbers.add(content.getLong());
		}
		return numbers;
	}

}
