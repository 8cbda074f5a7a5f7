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

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeDirection;
import io.namedpipe.autoconfigure.Properties.Mapped;
import io.namedpipe.integration.ExchangeConnections;
import io.namedpipe.integration.NamedPipeClient;
import io.namedpipe.integration.ReconnectBackoff;
import io.namedpipe.integration.StartupFailurePolicy;
import io.namedpipe.integration.outbound.NamedPipeOutboundGateway;
import io.namedpipe.transport.ImpersonationLevel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link ClientPropertiesMapper}.
 */
class ClientPropertiesMapperTests {

	@Test
	void whenOnlyNamedThenHasDefaultsOfContract() {
		Mapped<NamedPipeClient.Builder, NamedPipeOutboundGateway> client = Properties.client();

		assertThat(client.builder().pipe()).hasFieldOrPropertyWithValue("pipeName", "billing")
			.hasFieldOrPropertyWithValue("serverName", ".")
			.hasFieldOrPropertyWithValue("connectTimeout", Duration.ofSeconds(5))
			.hasFieldOrPropertyWithValue("waitForServer", true)
			.hasFieldOrPropertyWithValue("verifyServerUser", null)
			.hasFieldOrPropertyWithValue("impersonationLevel", ImpersonationLevel.IDENTIFICATION);
		assertThat(client.builder()).hasFieldOrPropertyWithValue("autoStartup", true)
			.hasFieldOrPropertyWithValue("startupFailure", StartupFailurePolicy.RETRY)
			.hasFieldOrPropertyWithValue("backoff",
					new ReconnectBackoff(Duration.ofMillis(100), 2, Duration.ofSeconds(5), Duration.ofMillis(50)))
			.hasFieldOrPropertyWithValue("once", false);
		assertThat(client.gateway()).isNull();
	}

	@Test
	void whenEverythingIsSetThenEverythingIsTaken() {
		Mapped<NamedPipeClient.Builder, NamedPipeOutboundGateway> client = Properties.client("server-name=box",
				"connect-timeout=2s", "wait-for-server=false", "startup-failure=stop", "reconnect.delay=1s",
				"reconnect.multiplier=1.5", "reconnect.max-delay=9s", "reconnect.jitter=0", "gateway.channel=requests",
				"gateway.connections=single-use", "verify-server-user=current-user", "impersonation-level=delegation");

		assertThat(client.builder().pipe()).hasFieldOrPropertyWithValue("serverName", "box")
			.hasFieldOrPropertyWithValue("connectTimeout", Duration.ofSeconds(2))
			.hasFieldOrPropertyWithValue("waitForServer", false)
			.hasFieldOrPropertyWithValue("verifyServerUser", "current-user")
			.hasFieldOrPropertyWithValue("impersonationLevel", ImpersonationLevel.DELEGATION);
		assertThat(client.builder()).hasFieldOrPropertyWithValue("startupFailure", StartupFailurePolicy.STOP)
			.hasFieldOrPropertyWithValue("backoff",
					new ReconnectBackoff(Duration.ofSeconds(1), 1.5, Duration.ofSeconds(9), Duration.ZERO));
		assertThat(client.gateway()).hasFieldOrPropertyWithValue("replyTimeout", Duration.ofSeconds(30))
			.hasFieldOrPropertyWithValue("maxConnections", 4)
			.hasFieldOrPropertyWithValue("connections", ExchangeConnections.SINGLE_USE);
	}

	@Test
	void whenDirectionIsGivenThenIsThatOfServer() {
		assertThat(Properties.client("direction=in", "outbound.channel=out").builder().pipe())
			.hasFieldOrPropertyWithValue("direction", PipeDirection.OUT);
		assertThat(Properties.client("direction=out", "inbound.channel=in").builder().pipe())
			.hasFieldOrPropertyWithValue("direction", PipeDirection.IN);
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
		assertThat(Properties.client("handle=4", "direction=out", "inbound.channel=in").builder())
			.hasFieldOrPropertyWithValue("once", true)
			.extracting("pipe.pipeName")
			.asString()
			.endsWith("4");
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
			auto-startup=false        | socket-factory    | remove 'namedpipe.client.billing.auto-startup'
			startup-failure=stop      | socket-factory    | remove 'namedpipe.client.billing.startup-failure'
			reconnect.delay=1s        | socket-factory    | remove 'namedpipe.client.billing.reconnect'
			drain-timeout=1s          | socket-factory    | remove 'namedpipe.client.billing.drain-timeout'
			max-message-size=2MB      | socket-factory    | remove 'namedpipe.client.billing.max-message-size'
			""")
	void whenSocketFactoryHasWhatSocketsHaveNotThenFails(String pair, String property, String fix) {
		assertInvalid(() -> Properties.sockets(pair), property, fix);
		assertThatNoException().isThrownBy(() -> Properties.sockets());
	}

	@Test
	void whenSocketFactoryThenConnectionsHaveTheirProperties() {
		PipeClient.Builder sockets = Properties.sockets("connect-timeout=2s", "wait-for-server=false",
				"write-timeout=3s", "idle-timeout=4s", "verify-server-user=current-user", "health=false");

		assertThat(sockets).hasFieldOrPropertyWithValue("pipeName", "billing")
			.hasFieldOrPropertyWithValue("connectTimeout", Duration.ofSeconds(2))
			.hasFieldOrPropertyWithValue("waitForServer", false)
			.hasFieldOrPropertyWithValue("writeTimeout", Duration.ofSeconds(3))
			.hasFieldOrPropertyWithValue("idleTimeout", Duration.ofSeconds(4))
			.hasFieldOrPropertyWithValue("verifyServerUser", "current-user");
	}

	private static void assertInvalid(String property, String fix, String... pairs) {
		assertInvalid(() -> Properties.client(pairs), property, fix);
	}

	private static void assertInvalid(ThrowingCallable mapping, String property, String fix) {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class).isThrownBy(mapping)
			.satisfies((ex) -> {
				assertThat(ex.getName()).isEqualTo("namedpipe.client.billing." + property);
				assertThat(ex.getReason()).contains(fix);
			});
	}

}
