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

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalInt;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;

import io.namedpipe.PipeDirection;
import io.namedpipe.PipeType;
import io.namedpipe.TransmissionMode;
import io.namedpipe.autoconfigure.Properties.Mapped;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.framing.PayloadFormat;
import io.namedpipe.integration.NamedPipeServer;
import io.namedpipe.integration.OverflowPolicy;
import io.namedpipe.integration.inbound.FlowErrorPolicy;
import io.namedpipe.integration.inbound.NamedPipeInboundGateway;
import io.namedpipe.integration.outbound.UnknownConnectionPolicy;
import io.namedpipe.integration.outbound.WithoutConnectionPolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ServerPropertiesMapper}, and for what it has in common with clients.
 */
class ServerPropertiesMapperTests {

	@Test
	void whenOnlyNamedThenHasDefaultsOfContract() {
		Mapped<NamedPipeServer.Builder, NamedPipeInboundGateway> server = Properties.server();

		assertThat(server.builder().pipe()).hasFieldOrPropertyWithValue("pipeName", "orders")
			.hasFieldOrPropertyWithValue("directory", null)
			.hasFieldOrPropertyWithValue("type", PipeType.NATIVE)
			.hasFieldOrPropertyWithValue("direction", PipeDirection.DUPLEX)
			.hasFieldOrPropertyWithValue("transmissionMode", TransmissionMode.BYTE)
			.hasFieldOrPropertyWithValue("inBufferSize", OptionalInt.empty())
			.hasFieldOrPropertyWithValue("outBufferSize", OptionalInt.empty())
			.hasFieldOrPropertyWithValue("maxMessageSize", 1024 * 1024)
			.hasFieldOrPropertyWithValue("idleTimeout", null)
			.hasFieldOrPropertyWithValue("writeTimeout", Duration.ofSeconds(30))
			.hasFieldOrPropertyWithValue("drainTimeout", Duration.ofSeconds(10))
			.hasFieldOrPropertyWithValue("maxInstances", -1)
			.hasFieldOrPropertyWithValue("pendingInstances", 4)
			.hasFieldOrPropertyWithValue("backlog", 128)
			.hasFieldOrPropertyWithValue("maxConnectionsPerUser", null)
			.hasFieldOrPropertyWithValue("handshakeTimeout", null)
			.hasFieldOrPropertyWithValue("rejectRemoteClients", true)
			.extracting("access")
			.hasToString("current user only");
		assertThat(server.builder()).hasFieldOrPropertyWithValue("name", "orders")
			.hasFieldOrPropertyWithValue("autoStartup", true)
			.hasFieldOrPropertyWithValue("format", PayloadFormat.bytes(StandardCharsets.UTF_8));
		assertThat(framing(server)).isEqualTo("length-header (4 bytes, BIG_ENDIAN)");
		assertThat(server.gateway()).isNull();
		assertThat(server.inbound()).isNull();
		assertThat(server.outbound()).isNull();
	}

	@Test
	void whenEverythingIsSetThenEverythingIsTaken() {
		Mapped<NamedPipeServer.Builder, NamedPipeInboundGateway> server = Properties.server("auto-startup=false",
				"pipe-name=/run/orders", "direction=duplex", "max-instances=5", "pending-instances=2", "backlog=7",
				"in-buffer-size=8KB", "out-buffer-size=4096", "max-message-size=64KB", "max-connections-per-user=3",
				"handshake-timeout=2s", "idle-timeout=1m", "write-timeout=5s", "drain-timeout=0",
				"reject-remote-clients=false", "payload.type=text", "payload.charset=UTF-16LE",
				"payload.on-malformed=replace", "outbound.channel=out", "outbound.queue-capacity=9",
				"outbound.overflow=drop-oldest", "gateway.channel=requests", "gateway.error-channel=failures",
				"gateway.reply-timeout=3s", "gateway.impersonate-client=true", "framing.type=length-header",
				"framing.length.bytes=2", "framing.length.byte-order=little-endian");

		assertThat(server.builder().pipe()).hasFieldOrPropertyWithValue("pipeName", "/run/orders")
			.hasFieldOrPropertyWithValue("inBufferSize", OptionalInt.of(8192))
			.hasFieldOrPropertyWithValue("outBufferSize", OptionalInt.of(4096))
			.hasFieldOrPropertyWithValue("maxMessageSize", 65536)
			.hasFieldOrPropertyWithValue("idleTimeout", Duration.ofMinutes(1))
			.hasFieldOrPropertyWithValue("writeTimeout", Duration.ofSeconds(5))
			.hasFieldOrPropertyWithValue("drainTimeout", Duration.ZERO)
			.hasFieldOrPropertyWithValue("maxInstances", 5)
			.hasFieldOrPropertyWithValue("pendingInstances", 2)
			.hasFieldOrPropertyWithValue("backlog", 7)
			.hasFieldOrPropertyWithValue("maxConnectionsPerUser", 3)
			.hasFieldOrPropertyWithValue("handshakeTimeout", Duration.ofSeconds(2))
			.hasFieldOrPropertyWithValue("rejectRemoteClients", false);
		assertThat(server.builder()).hasFieldOrPropertyWithValue("autoStartup", false)
			.hasFieldOrPropertyWithValue("queueCapacity", 9)
			.hasFieldOrPropertyWithValue("overflow", OverflowPolicy.DROP_OLDEST)
			.hasFieldOrPropertyWithValue("format", PayloadFormat.text(StandardCharsets.UTF_16LE).replacingMalformed());
		assertThat(framing(server)).isEqualTo("length-header (2 bytes, LITTLE_ENDIAN)");
		assertThat(server.outbound()).hasFieldOrPropertyWithValue("withoutConnection", WithoutConnectionPolicy.ERROR)
			.hasFieldOrPropertyWithValue("unknownConnection", UnknownConnectionPolicy.ERROR);
		assertThat(server.gateway()).hasFieldOrPropertyWithValue("requestChannelName", "requests")
			.hasFieldOrPropertyWithValue("errorChannelName", "failures")
			.hasFieldOrPropertyWithValue("replyTimeout", 3000L)
			.hasFieldOrPropertyWithValue("impersonateClient", true);
	}

	private static String framing(Mapped<NamedPipeServer.Builder, NamedPipeInboundGateway> server) {
		return String.valueOf(new DirectFieldAccessor(server.builder()).getPropertyValue("framing"));
	}

	@Test
	void whenSeveralRequestsAreInFlightThenGatewayHasThem() {
		NamedPipeInboundGateway gateway = Properties
			.server("gateway.channel=requests", "gateway.max-in-flight=1000", "gateway.ordered=false")
			.gateway();

		assertThat(gateway).hasFieldOrPropertyWithValue("maxInFlight", 1000)
			.hasFieldOrPropertyWithValue("ordered", false);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					gateway.max-in-flight=0                                  | gateway.max-in-flight | 1 or more
					gateway.max-in-flight=2 gateway.impersonate-client=true  | gateway.max-in-flight | cannot run as the client
					gateway.ordered=false                                    | gateway.ordered       | set 'namedpipe.server.orders.gateway.max-in-flight' to more
					""")
	void whenRequestsCannotBeInFlightThenNamesProperty(String properties, String property, String reason) {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> Properties.server(("gateway.channel=requests " + properties).split(" ")))
			.satisfies((ex) -> assertThat(ex.getName()).isEqualTo("namedpipe.server.orders." + property))
			.satisfies((ex) -> assertThat(ex.getReason()).contains(reason));
	}

	@Test
	void whenInboundThenHasChannels() {
		assertThat(Properties.server("inbound.channel=in").inbound())
			.hasFieldOrPropertyWithValue("outputChannelName", "in")
			.hasFieldOrPropertyWithValue("errorChannelName", null)
			.hasFieldOrPropertyWithValue("onError", FlowErrorPolicy.CONTINUE);
		assertThat(Properties.server("inbound.channel=in", "inbound.error-channel=err", "inbound.on-error=close")
			.inbound()).hasFieldOrPropertyWithValue("errorChannelName", "err")
			.hasFieldOrPropertyWithValue("onError", FlowErrorPolicy.CLOSE);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			textBlock = """
							max-instances=0              | max-instances            | -1 for no limit
							max-instances=-2             | max-instances            | -1 for no limit
							pending-instances=0          | pending-instances        | 1 or more
							backlog=0                    | backlog                  | 1 or more
							in-buffer-size=-1            | in-buffer-size           | between 1B and
							out-buffer-size=-64KB        | out-buffer-size          | between 1B and
							max-message-size=0           | max-message-size         | between 1B and
							max-message-size=2GB         | max-message-size         | between 1B and
							max-connections-per-user=0   | max-connections-per-user | leave it out for no limit
							handshake-timeout=0s         | handshake-timeout        | longer than zero
							idle-timeout=-1s             | idle-timeout             | longer than zero
							write-timeout=0              | write-timeout            | longer than zero
							idle-timeout=999999d         | idle-timeout             | 36500d or less
							drain-timeout=999999d        | drain-timeout            | 36500d or less
							drain-timeout=-1ms           | drain-timeout            | not be negative
							pipe-name=                  | pipe-name                | leave it out to use the logical name 'orders'
							pipe-name=anonymous          | pipe-name                | reserved
							pipe-name=AnonyMous          | pipe-name                | reserved
							inbound.on-error=close       | inbound.channel          | name of a channel
							outbound.queue-capacity=5    | outbound.channel         | name of a channel
							gateway.reply-timeout=5s     | gateway.channel          | name of a channel
							framing.length.bytes=5       | framing.length.bytes     | 1, 2, 3, 4 or 8 bytes
							framing.length.offset=-1     | framing.length.offset    | 0 to 65536
							framing.length.offset=2; framing.length.strip=3 | framing.length.strip | strip 2 or 6
							framing.length.offset=2; framing.length.prefix=0x01 | framing.length.prefix | 2 bytes
							framing.length.offset=1; framing.length.prefix=Q | framing.length.prefix | hexadecimal
							framing.length.offset=1; framing.type=line | framing.length.offset | 'namedpipe.server.orders.framing.type'
							framing.type=varint; framing.length.prefix=00 | framing.length.prefix | 'length-header'
							framing.type=line; framing.length.bytes=2 | framing.length.bytes | 'length-header'
							framing.type=raw; framing.length.byte-order=native | framing.length.byte-order | 'length-header'
							framing.line.terminator=crlf | framing.line.terminator | 'namedpipe.server.orders.framing.type' set to 'line'
							framing.type=line; framing.in.type=raw; framing.out.type=raw | framing.type | 'namedpipe.server.orders.framing.in'
							framing.length.bytes=2; framing.in.type=raw; framing.out.type=raw | framing.length.bytes | 'namedpipe.server.orders.framing.in'
							framing.delimiter=x; framing.in.type=raw; framing.out.type=raw | framing.delimiter | 'namedpipe.server.orders.framing.in'
							framing.line.terminator=crlf; framing.in.type=raw; framing.out.type=line | framing.line.terminator | 'namedpipe.server.orders.framing.in'
							framing.in.type=delimiter    | framing.in.delimiter     | needs one
							framing.type=delimiter       | framing.delimiter        | in quotes, or YAML
							framing.delimiter=0x00       | framing.delimiter        | 'namedpipe.server.orders.framing.type' set to 'delimiter'
							framing.type=custom          | framing.codec            | name of a bean
							framing.codec=myCodec        | framing.codec            | 'namedpipe.server.orders.framing.type' set to 'custom'
							access.current-user-only=false | access.current-user-only | namedpipe.server.orders.access.allow
							access.allow[0].rights=read  | access.allow[0].principal | needs a principal
							access.allow[0].principal=S-1-x | access.allow[0].principal | authority of a SID
					access.deny[0].principal=group: | access.deny[0].principal | empty
					access.sddl=                 | access.sddl              | leave it out
					access.sddl=D:(A;;GR;;;QQ)   | access.sddl              | at position 11
					access.sddl=O:BA             | access.sddl              | no DACL
							type=fifo                    | direction                | 'in' (the server reads) or 'out'
							""")
	void whenValueIsWrongThenMessageNamesPropertyValueAndFix(String pair, String property, String fix) {
		assertInvalid(property, fix, pair.split("; "));
	}

	@ParameterizedTest
	@ValueSource(strings = { "0x", "0x0", "0xzz", "0x0d0" })
	void whenDelimiterIsNotHexadecimalThenFails(String delimiter) {
		assertInvalid("framing.delimiter", "pairs of hexadecimal digits", "framing.type=delimiter",
				"framing.delimiter=" + delimiter);
	}

	@Test
	void whenDelimiterIsHexadecimalOrTextThenIsTakenAsBytes() {
		assertThat(framing(Properties.server("framing.type=delimiter", "framing.delimiter=0x0d0A")))
			.isEqualTo("delimiter (0x0d0a)");
		assertThat(framing(Properties.server("framing.type=delimiter", "framing.delimiter=||")))
			.isEqualTo("delimiter (0x7c7c)");
	}

	@Test
	void whenLengthHeaderHasOptionsThenTheyAreTaken() {
		Mapped<NamedPipeServer.Builder, NamedPipeInboundGateway> server = Properties.server("framing.length.offset=1",
				"framing.length.adjustment=-4", "framing.length.strip=6", "framing.length.prefix=0x5100",
				"framing.length.byte-order=native");

		assertThat(framing(server)).isEqualTo("length-header (4 bytes, " + ByteOrder.nativeOrder()
				+ ", offset 1, adjustment -4, strip 6, prefix 0x5100)");
	}

	@Test
	void whenQueueCapacityIsZeroThenFails() {
		assertInvalid("outbound.queue-capacity", "1 or more", "outbound.channel=out", "outbound.queue-capacity=0");
	}

	@Test
	void whenReplyTimeoutIsZeroThenFails() {
		assertInvalid("gateway.reply-timeout", "longer than zero", "gateway.channel=requests",
				"gateway.reply-timeout=0");
	}

	@Test
	void whenInboundAndGatewayThenFails() {
		assertExclusive("inbound.channel", "gateway.channel", "inbound.channel=in", "gateway.channel=requests");
	}

	@Test
	void whenFramingInMessageModeThenFails() {
		assertInvalid("transmission-mode", "remove 'namedpipe.server.orders.framing'", "transmission-mode=message",
				"framing.type=line");
	}

	@Test
	void whenMessageModeThenThePipeKeepsBoundaries() {
		assertThat(framing(Properties.server("transmission-mode=message")))
			.isEqualTo(MessageFraming.messageMode().toString());
	}

	@Test
	void whenTheCharsetLacksTheDelimiterThenFails() {
		assertInvalid("framing.delimiter", "The charset ISO-8859-1 of the payload does not have it",
				"framing.type=delimiter", "framing.delimiter=\u20ac", "payload.charset=ISO-8859-1");
	}

	@Test
	void whenFifoInMessageModeThenFails() {
		assertInvalid("transmission-mode", "A FIFO carries bytes", "type=fifo", "direction=in",
				"transmission-mode=message");
	}

	@Test
	void whenEndpointDoesNotMatchDirectionThenFails() {
		assertInvalid("direction", "remove 'namedpipe.server.orders.inbound', or set 'in' or 'duplex'", "direction=out",
				"inbound.channel=in");
		assertInvalid("direction", "remove 'namedpipe.server.orders.outbound', or set 'out' or 'duplex'",
				"direction=in", "outbound.channel=out");
		assertInvalid("direction", "A gateway needs both directions", "direction=in", "gateway.channel=requests");
	}

	@Test
	void whenRulesThenAreKeptInOrder() {
		Mapped<NamedPipeServer.Builder, NamedPipeInboundGateway> server = Properties.server(
				"access.allow[0].principal=Authenticated Users", "access.allow[0].rights=read",
				"access.allow[1].principal=group:staff", "access.deny[0].principal=bob");

		assertThat(access(server))
			.isEqualTo("deny [bob: read-write], allow [Authenticated Users: read, group:staff: read-write]");
	}

	private static String access(Mapped<NamedPipeServer.Builder, NamedPipeInboundGateway> server) {
		return String.valueOf(new DirectFieldAccessor(server.builder().pipe()).getPropertyValue("access"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "allow[0].principal=bob", "deny[0].principal=bob", "sddl=D:(A;;GA;;;AU)" })
	void whenCurrentUserOnlyWithOtherRulesThenFails(String rule) {
		assertExclusive("access.current-user-only", "access." + rule.split("[=\\[]")[0],
				"access.current-user-only=true", "access." + rule);
		assertThat(access(Properties.server("access.current-user-only=false", "access." + rule)))
			.isNotEqualTo("current user only");
	}

	@ParameterizedTest
	@ValueSource(strings = { "allow", "deny" })
	void whenSddlWithRulesThenFails(String rules) {
		assertExclusive("access.sddl", "access." + rules, "access.sddl=D:(A;;GA;;;AU)",
				"access." + rules + "[0].principal=bob");
	}

	@Test
	void whenDirectoryIsRelativeThenFails() {
		NamedPipeProperties properties = Properties.bind("directory=pipes", "server.orders.enabled=true");
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> Properties.server("orders", properties))
			.satisfies((ex) -> {
				assertThat(ex.getName()).isEqualTo("namedpipe.directory");
				assertThat(ex.getReason()).contains("absolute");
			});
	}

	@Test
	void whenNameHasDotThenPropertyIsNamedInBrackets() {
		NamedPipeProperties properties = Properties.bind("server.[my.orders].backlog=0");
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> Properties.server("my.orders", properties))
			.satisfies((ex) -> assertThat(ex.getName()).isEqualTo("namedpipe.server.[my.orders].backlog"));
	}

	private static void assertInvalid(String property, String fix, String... pairs) {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> Properties.server(pairs))
			.satisfies((ex) -> {
				assertThat(ex.getName()).isEqualTo("namedpipe.server.orders." + property);
				assertThat(ex.getReason()).contains(fix);
			});
	}

	private static void assertExclusive(String property, String other, String... pairs) {
		assertThatExceptionOfType(MutuallyExclusiveConfigurationPropertiesException.class)
			.isThrownBy(() -> Properties.server(pairs))
			.satisfies((ex) -> assertThat(ex.getConfiguredNames())
				.containsExactlyInAnyOrder("namedpipe.server.orders." + property, "namedpipe.server.orders." + other));
	}

}
