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

package io.namedpipe.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Throws properties with odd values, and odd combinations of them, at the binding. Each
 * is accepted, or refused with an exception that Boot explains.
 * {@code -Dnamedpipe.test.bindings=1000000} for more, {@code -Dnamedpipe.test.seed=...}
 * for others.
 */
class PropertiesFuzzTests {

	private static final String[] KEYS = { "pipe-name", "type", "direction", "transmission-mode", "max-instances",
			"pending-instances", "backlog", "in-buffer-size", "out-buffer-size", "max-message-size",
			"max-connections-per-user", "handshake-timeout", "idle-timeout", "write-timeout", "drain-timeout",
			"access.current-user-only", "access.allow[0].principal", "access.allow[0].rights",
			"access.deny[0].principal", "access.sddl", "framing.type", "framing.length.bytes",
			"framing.length.byte-order", "framing.line.terminator", "framing.delimiter", "framing.codec",
			"payload.type", "payload.charset", "inbound.channel", "inbound.on-error", "outbound.channel",
			"outbound.queue-capacity", "outbound.overflow", "gateway.channel", "gateway.reply-timeout",
			"gateway.impersonate-client", "server-name", "connect-timeout", "wait-for-server", "startup-failure",
			"reconnect.delay", "reconnect.multiplier", "reconnect.max-delay", "reconnect.jitter",
			"gateway.max-connections", "gateway.connections", "verify-server-user", "impersonation-level",
			"socket-factory" };

	private static final String[] PROCESS_KEYS = { "command", "command[0]", "command[1]", "working-directory",
			"environment.KEY", "stop-timeout", "auto-startup", "to-child.channel", "to-child.queue-capacity",
			"to-child.framing.type", "to-child.framing.length.bytes", "to-child.framing.delimiter",
			"to-child.payload.type", "to-child.payload.charset", "from-child.channel", "from-child.error-channel",
			"from-child.on-error", "from-child.max-message-size", "from-child.framing.type", "from-child.framing.codec",
			"from-child.payload.type", "from-child.payload.charset" };

	private static final String[] VALUES = { "", " ", "0", "-1", "-2", "1", "2", "4", "2147483647", "2147483648",
			"99999999999999999999", "1e3", "NaN", "1KB", "1MB", "4GB", "-1KB", "0B", "10ms", "30s", "PT1S", "-5s", "0s",
			"999999999d", "true", "false", "native", "fifo", "duplex", "in", "out", "byte", "message", "length-header",
			"line", "delimiter", "raw", "custom", "lf", "crlf", "big-endian", "little-endian", "0x", "0x0", "0x00",
			"0xzz", "text", "bytes", "UTF-8", "UTF-16", "no-such-charset", "channel", "continue", "close", "disconnect",
			"drop-newest", "block", "read", "read-write", "full-control", "Everyone", "group:root", "S-1-22-1-0",
			"S-1-", "D:(A;;GA;;;WD)", "D:(", "anonymous", "a/b", "/", "/tmp/x", "\\\\.\\pipe\\x", "x\0y", "ß",
			"current-user", "cat", "cat,{in},{out}", "{in}", "stop", "retry", "identification", "${missing}", "#{1}" };

	@Test
	void whenValuesAreOddThenAcceptsOrRefusesThemWithReason() {
		long count = Long.getLong("namedpipe.test.bindings", 1500);
		long seed = Long.getLong("namedpipe.test.seed", 20260402L);
		Random random = new Random(seed);
		long accepted = 0;
		for (long i = 0; i < count; i++) {
			int kind = random.nextInt(3);
			String[] pairs = pairs((kind == 2) ? PROCESS_KEYS : KEYS, random);
			try {
				switch (kind) {
					case 0 -> Properties.server(pairs);
					case 1 -> Properties.client(pairs);
					default -> Properties.process(pairs);
				}
				accepted++;
			}
			catch (BindException | InvalidConfigurationPropertyValueException
					| MutuallyExclusiveConfigurationPropertiesException ex) {
				assertThat(String.valueOf(ex)).contains("namedpipe");
			}
			catch (RuntimeException ex) {
				throw new AssertionError("Input " + i + " of seed " + seed + ": " + List.of(pairs), ex);
			}
		}
		// binding that refuses everything would show nothing
		assertThat(accepted).isGreaterThan(count / 50).isLessThan(count);
	}

	private static String[] pairs(String[] keys, Random random) {
		List<String> pairs = new ArrayList<>();
		for (int i = random.nextInt(5); i >= 0; i--) {
			pairs.add(keys[random.nextInt(keys.length)] + "=" + VALUES[random.nextInt(VALUES.length)]);
		}
		return pairs.toArray(new String[0]);
	}

}
