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

package io.namedpipe.actuate;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

import io.namedpipe.CloseReason;
import io.namedpipe.DropReason;
import io.namedpipe.PipeClient;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeErrorType;
import io.namedpipe.actuate.NamedPipesEndpoint.Action;
import io.namedpipe.actuate.NamedPipesEndpoint.ConnectionDescriptor;
import io.namedpipe.actuate.NamedPipesEndpoint.PipeDescriptor;
import io.namedpipe.actuate.NamedPipesEndpoint.PipeWithConnectionsDescriptor;
import io.namedpipe.actuate.NamedPipesEndpoint.Totals;
import io.namedpipe.integration.NamedPipeOperations.Role;
import io.namedpipe.integration.TestPipe;
import io.namedpipe.transport.memory.ControlledMemoryTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link NamedPipesEndpoint} and {@link NamedPipesEndpointWebExtension}.
 */
class NamedPipesEndpointTests {

	private final ControlledMemoryTransport transport = new ControlledMemoryTransport();

	private final TestPipe orders = new TestPipe("orders", Role.SERVER, this.transport);

	private final TestPipe billing = new TestPipe("billing", Role.CLIENT, this.transport);

	private final NamedPipesEndpoint endpoint = endpoint(Show.NEVER);

	@AfterEach
	void close() {
		this.orders.close();
		this.billing.close();
	}

	@Test
	void whenAccessIsNotConfiguredThenOnlyReadingIsPermitted() {
		assertThat(NamedPipesEndpoint.class.getAnnotation(Endpoint.class).defaultAccess()).isEqualTo(Access.READ_ONLY);
	}

	@Test
	void whenListedThenHasAllPipesByName() {
		this.orders.start();
		this.billing.setFault(new IllegalStateException("outer", new IOException("inner")));
		Map<String, PipeDescriptor> pipes = this.endpoint.pipes().pipes();
		assertThat(pipes).containsOnlyKeys("billing", "orders");
		assertThat(pipes.get("orders"))
			.isEqualTo(new PipeDescriptor("server", "running", null, "memory:orders", null, Map.of("max-instances", -1),
					new Totals(0, 0, 0, Map.of(), Map.of(), 0, 0, 0, 0, Map.of(), Map.of(), 0)));
		assertThat(pipes.get("billing").role()).isEqualTo("client");
		assertThat(pipes.get("billing").state()).isEqualTo("new");
		assertThat(pipes.get("billing").fault()).isEqualTo("inner");
	}

	@Test
	void whenOneIsShownThenHasItsConnections() throws Exception {
		Instant before = Instant.now();
		PipeConnection serverSide = connect();
		serverSide.read(ByteBuffer.allocate(8));
		serverSide.statistics().messageRead();
		this.orders.setQueueSize(serverSide, 3);
		PipeWithConnectionsDescriptor descriptor = this.endpoint.pipe("orders");
		assertThat(descriptor).isNotNull();
		assertThat(descriptor.pipe().totals().connections()).isOne();
		assertThat(descriptor.pipe().totals().queue()).isEqualTo(3);
		ConnectionDescriptor connection = descriptor.connections().get(0);
		assertThat(connection.id()).isEqualTo(serverSide.id());
		assertThat(connection.processId()).isEqualTo(ProcessHandle.current().pid());
		assertThat(connection.since()).isBetween(before, Instant.now());
		assertThat(connection.bytesIn()).isEqualTo(2);
		assertThat(connection.bytesOut()).isZero();
		assertThat(connection.messagesIn()).isOne();
		assertThat(connection.queue()).isEqualTo(3);
	}

	@Test
	void whenThingsHappenedThenTotalsHaveThemByReason() throws Exception {
		PipeConnection serverSide = connect();
		serverSide.close(CloseReason.IDLE);
		this.orders.statistics().countDropped(DropReason.NO_CONNECTION);
		this.orders.statistics().countError(PipeErrorType.NAME_LOST);
		Totals totals = this.endpoint.pipes().pipes().get("orders").totals();
		assertThat(totals.accepted()).isOne();
		assertThat(totals.maxConnections()).isOne();
		assertThat(totals.closed()).isEqualTo(Map.of("idle", 1L));
		assertThat(totals.dropped()).isEqualTo(Map.of("no-connection", 1L));
		assertThat(totals.errors()).isEqualTo(Map.of("name-lost", 1L));
		assertThat(totals.rejected()).isEmpty();
	}

	@Test
	void whenValuesAreNotShownThenUsersAreHidden() throws Exception {
		connect();
		assertThat(this.endpoint.pipe("orders").connections().get(0).user()).isEqualTo("******");
		assertThat(this.endpoint.pipe("orders").connections().get(0).userId()).isEqualTo("******");
		assertThat(endpoint(Show.ALWAYS).pipe("orders").connections().get(0).user()).isEqualTo("memory");
		assertThat(endpoint(Show.ALWAYS).pipe("orders").connections().get(0).userId()).isEqualTo("4242");
	}

	@Test
	void whenValuesAreShownToAuthorizedThenRoleDecides() throws Exception {
		connect();
		NamedPipesEndpointWebExtension extension = new NamedPipesEndpointWebExtension(endpoint(Show.WHEN_AUTHORIZED),
				Show.WHEN_AUTHORIZED, Set.of("operator"));
		assertThat(extension.pipe(securityContext(null), "orders").getBody().connections().get(0).user())
			.isEqualTo("******");
		assertThat(extension.pipe(securityContext("visitor"), "orders").getBody().connections().get(0).user())
			.isEqualTo("******");
		assertThat(extension.pipe(securityContext("operator"), "orders").getBody().connections().get(0).user())
			.isEqualTo("memory");
	}

	@Test
	void whenStoppedAndStartedThenPipeIs() {
		this.orders.start();
		assertThat(this.endpoint.change("orders", Action.STOP).state()).isEqualTo("stopped");
		assertThat(this.orders.isRunning()).isFalse();
		assertThat(this.endpoint.change("orders", Action.START).state()).isEqualTo("running");
		assertThat(this.orders.isRunning()).isTrue();
	}

	@Test
	void whenReadingIsPausedThenStateSaysSo() {
		this.orders.setPaused(true);
		assertThat(this.endpoint.pipes().pipes().get("orders").state()).isEqualTo("new");
		this.orders.start();
		assertThat(this.endpoint.pipes().pipes().get("orders").state()).isEqualTo("paused");
	}

	@Test
	void whenStartFailsThenSaysWhy() throws Exception {
		try (TestPipe other = new TestPipe("orders", Role.SERVER, this.transport)) {
			other.start();
			assertThatExceptionOfType(InvalidEndpointRequestException.class)
				.isThrownBy(() -> this.endpoint.change("orders", Action.START))
				.withMessage("Failed to start 'orders'")
				.satisfies((ex) -> assertThat(ex.getReason()).contains("being served by this very process"));
		}
	}

	@Test
	void whenDisconnectedThenPeerIsGoneAndReasonIsOperator() throws Exception {
		PipeConnection serverSide = connect();
		assertThat(this.endpoint.disconnect("orders", serverSide.id()).id()).isEqualTo(serverSide.id());
		assertThat(serverSide.isOpen()).isFalse();
		assertThat(this.orders.statistics().closed(CloseReason.OPERATOR)).isOne();
		assertThat(this.endpoint.disconnect("orders", serverSide.id())).isNull();
	}

	@Test
	void whenNameOrConnectionIsUnknownThenNotFound() {
		assertThat(this.endpoint.pipe("nothing")).isNull();
		assertThat(this.endpoint.change("nothing", Action.STOP)).isNull();
		assertThat(this.endpoint.disconnect("orders", "nothing")).isNull();
		NamedPipesEndpointWebExtension extension = new NamedPipesEndpointWebExtension(this.endpoint, Show.NEVER,
				Set.of());
		SecurityContext nobody = securityContext(null);
		assertThat(extension.pipe(nobody, "nothing").getStatus()).isEqualTo(WebEndpointResponse.STATUS_NOT_FOUND);
		assertThat(extension.change(nobody, "nothing", Action.STOP).getStatus())
			.isEqualTo(WebEndpointResponse.STATUS_NOT_FOUND);
		assertThat(extension.disconnect(nobody, "orders", "nothing").getStatus())
			.isEqualTo(WebEndpointResponse.STATUS_NOT_FOUND);
	}

	private NamedPipesEndpoint endpoint(Show showValues) {
		return new NamedPipesEndpoint(() -> List.of(this.orders, this.billing), showValues);
	}

	private PipeConnection connect() throws IOException {
		this.orders.start();
		PipeClient client = PipeClient.builder("orders").transport(this.transport).build();
		client.connect().write(ByteBuffer.wrap(new byte[] { 1, 2 }));
		return this.orders.accept();
	}

	private static SecurityContext securityContext(String role) {
		return new SecurityContext() {

			@Override
			public Principal getPrincipal() {
				return (role != null) ? () -> role : null;
			}

			@Override
			public boolean isUserInRole(String asked) {
				return asked.equals(role);
			}

		};
	}

}
