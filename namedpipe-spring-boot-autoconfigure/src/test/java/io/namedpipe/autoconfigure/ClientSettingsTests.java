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

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;

import io.namedpipe.PipeDirection;
import io.namedpipe.integration.ExchangeConnections;
import io.namedpipe.integration.StartupFailurePolicy;
import io.namedpipe.transport.ImpersonationLevel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link ClientSettings}.
 */
class ClientSettingsTests {

	@Test
	void whenOnlyNamedThenHasDefaultsOfContract() {
		ClientSettings client = Properties.client();
		assertThat(client.pipe().pipeName()).isEqualTo("billing");
		assertThat(client.pipe().autoStartup()).isTrue();
		assertThat(client.serverName()).isEqualTo(".");
		assertThat(client.connectTimeout()).isEqualTo(Duration.ofSeconds(5));
		assertThat(client.waitForServer()).isTrue();
		assertThat(client.startupFailure()).isEqualTo(StartupFailurePolicy.RETRY);
		assertThat(client.reconnect()).isEqualTo(new ClientSettings.ReconnectSettings(Duration.ofMillis(100), 2,
				Duration.ofSeconds(5), Duration.ofMillis(50)));
		assertThat(client.gateway()).isNull();
		assertThat(client.verifyServerUser()).isNull();
		assertThat(client.impersonationLevel()).isEqualTo(ImpersonationLevel.IDENTIFICATION);
		assertThat(client.handle()).isNull();
	}

	@Test
	void whenEverythingIsSetThenEverythingIsTaken() {
		ClientSettings client = Properties.client("server-name=box", "connect-timeout=2s", "wait-for-server=false",
				"startup-failure=stop", "reconnect.delay=1s", "reconnect.multiplier=1.5", "reconnect.max-delay=9s",
				"reconnect.jitter=0", "gateway.channel=requests", "gateway.connections=single-use",
				"verify-server-user=current-user", "impersonation-level=delegation");
		assertThat(client.serverName()).isEqualTo("box");
		assertThat(client.connectTimeout()).isEqualTo(Duration.ofSeconds(2));
		assertThat(client.waitForServer()).isFalse();
		assertThat(client.startupFailure()).isEqualTo(StartupFailurePolicy.STOP);
		assertThat(client.reconnect()).isEqualTo(
				new ClientSettings.ReconnectSettings(Duration.ofSeconds(1), 1.5, Duration.ofSeconds(9), Duration.ZERO));
		assertThat(client.gateway()).isEqualTo(new ClientSettings.GatewaySettings("requests", Duration.ofSeconds(30), 4,
				ExchangeConnections.SINGLE_USE));
		assertThat(client.verifyServerUser()).isEqualTo("current-user");
		assertThat(client.impersonationLevel()).isEqualTo(ImpersonationLevel.DELEGATION);
	}

	@Test
	void whenDirectionIsGivenThenIsThatOfServer() {
		assertThat(Properties.client("direction=in", "outbound.channel=out").pipe().direction())
			.isEqualTo(PipeDirection.OUT);
		assertThat(Properties.client("direction=out", "inbound.channel=in").pipe().direction())
			.isEqualTo(PipeDirection.IN);
		assertInvalid("direction", "remove 'namedpipe.client.billing.inbound', or set 'out' or 'duplex'",
				"direction=in", "inbound.channel=in");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			server-name=               | server-name            | '.' is this machine
			connect-timeout=0s         | connect-timeout        | longer than zero
			verify-server-user=        | verify-server-user     | 'current-user'
			reconnect.delay=0s         | reconnect.delay        | longer than zero
			reconnect.multiplier=0.5   | reconnect.multiplier   | 1 or more
			reconnect.max-delay=10ms   | reconnect.max-delay    | 'namedpipe.client.billing.reconnect.delay' (100ms)
			reconnect.jitter=-1s       | reconnect.jitter       | not be negative
			gateway.max-connections=2  | gateway.channel        | name of a channel
			handle=4                   | direction              | one way
			""")
	void whenValueIsWrongThenMessageNamesPropertyValueAndFix(String pair, String property, String fix) {
		assertInvalid(property, fix, pair);
	}

	@Test
	void whenGatewayHasNoConnectionsThenFails() {
		assertInvalid("gateway.max-connections", "1 or more", "gateway.channel=requests", "gateway.max-connections=0");
	}

	@Test
	void whenReplyEndsWithConnectionThenItIsForSingleUse() {
		assertInvalid("gateway.connections", "set 'single-use'", "gateway.channel=requests",
				"framing.in.type=until-close", "framing.out.type=line");
		assertThat(Properties
			.client("gateway.channel=requests", "gateway.connections=single-use", "framing.in.type=until-close")
			.gateway()).isNotNull();
	}

	@Test
	void whenHandleThenIsOneWayOfBytes() {
		assertThat(Properties.client("handle=4", "direction=out", "inbound.channel=in").handle()).isEqualTo("4");
		assertInvalid("transmission-mode", "set 'byte'", "handle=4", "direction=out", "transmission-mode=message");
		assertInvalid("handle", "leave it out", "handle= ", "direction=out");
	}

	@Test
	void whenHandleAndPipeNameThenFails() {
		assertThatExceptionOfType(MutuallyExclusiveConfigurationPropertiesException.class)
			.isThrownBy(() -> Properties.client("handle=4", "direction=out", "pipe-name=x"))
			.satisfies((ex) -> assertThat(ex.getConfiguredNames()).containsExactly("namedpipe.client.billing.handle",
					"namedpipe.client.billing.pipe-name"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			type=fifo                 | type              | or remove 'namedpipe.client.billing.socket-factory'
			transmission-mode=message | transmission-mode | or remove 'namedpipe.client.billing.socket-factory'
			direction=out             | direction         | or remove 'namedpipe.client.billing.socket-factory'
			handle=4                  | socket-factory    | remove 'namedpipe.client.billing.handle'
			inbound.channel=in        | socket-factory    | remove 'namedpipe.client.billing.inbound'
			outbound.channel=out      | socket-factory    | remove 'namedpipe.client.billing.outbound'
			gateway.channel=requests  | socket-factory    | remove 'namedpipe.client.billing.gateway'
			framing.type=line         | socket-factory    | remove 'namedpipe.client.billing.framing'
			handshake[0].send=HELLO   | socket-factory    | remove 'namedpipe.client.billing.handshake'
			payload.type=text         | socket-factory    | remove 'namedpipe.client.billing.payload'
			startup-failure=stop      | socket-factory    | remove 'namedpipe.client.billing.startup-failure'
			reconnect.delay=1s        | socket-factory    | remove 'namedpipe.client.billing.reconnect'
			drain-timeout=1s          | socket-factory    | remove 'namedpipe.client.billing.drain-timeout'
			max-message-size=2MB      | socket-factory    | remove 'namedpipe.client.billing.max-message-size'
			""")
	void whenSocketFactoryHasWhatSocketsHaveNotThenFails(String pair, String property, String fix) {
		assertInvalid(property, fix, "socket-factory=true", pair);
		assertThatNoException().isThrownBy(() -> Properties.client("socket-factory=true"));
	}

	@Test
	void whenSocketFactoryThenConnectionsHaveTheirProperties() {
		ClientSettings client = Properties.client("socket-factory=true", "connect-timeout=2s", "wait-for-server=false",
				"write-timeout=3s", "idle-timeout=4s", "verify-server-user=current-user", "auto-startup=false");
		assertThat(client.connectTimeout()).isEqualTo(Duration.ofSeconds(2));
		assertThat(client.waitForServer()).isFalse();
		assertThat(client.pipe().writeTimeout()).isEqualTo(Duration.ofSeconds(3));
		assertThat(client.pipe().idleTimeout()).isEqualTo(Duration.ofSeconds(4));
		assertThat(client.verifyServerUser()).isEqualTo("current-user");
	}

	private static void assertInvalid(String property, String fix, String... pairs) {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> Properties.client(pairs))
			.satisfies((ex) -> {
				assertThat(ex.getName()).isEqualTo("namedpipe.client.billing." + property);
				assertThat(ex.getReason()).contains(fix);
			});
	}

}
