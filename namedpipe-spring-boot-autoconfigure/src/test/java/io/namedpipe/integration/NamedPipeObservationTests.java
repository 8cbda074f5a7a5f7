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

package io.namedpipe.integration;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import com.sun.management.ThreadMXBean;
import io.micrometer.common.KeyValues;
import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.ObservationContextAssert;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.support.MessageBuilder;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHandlingException;
import org.springframework.messaging.MessagingException;
import org.springframework.messaging.support.GenericMessage;

import io.namedpipe.PipeConnection;
import io.namedpipe.PipeServer;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.framing.PayloadFormat;
import io.namedpipe.integration.dsl.NamedPipes;
import io.namedpipe.integration.event.NamedPipeConnectionOpenedEvent;
import io.namedpipe.integration.event.NamedPipeErrorEvent;
import io.namedpipe.integration.inbound.NamedPipeInboundChannelAdapter;
import io.namedpipe.metrics.DefaultNamedPipeReceiveObservationConvention;
import io.namedpipe.metrics.NamedPipeObservation;
import io.namedpipe.metrics.NamedPipeObservationConventions;
import io.namedpipe.metrics.NamedPipeObservationRegistrar;
import io.namedpipe.metrics.NamedPipeReceiverContext;
import io.namedpipe.metrics.PipeObservations;
import io.namedpipe.testsupport.TestTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What endpoints tell an {@link ObservationRegistry}.
 */
@Timeout(60)
class NamedPipeObservationTests {

	private static final int MESSAGES = 2000;

	private static final int LEAST_OBJECT = 16;

	private final TestObservationRegistry registry = TestObservationRegistry.create();

	private final BlockingQueue<Observation.Context> ended = new LinkedBlockingQueue<>();

	private final TestFlows flows = new TestFlows(TestTransport.MEMORY);

	NamedPipeObservationTests() {
		this.registry.observationConfig().observationHandler(new ObservationHandler<>() {

			@Override
			public void onStop(Observation.Context context) {
				NamedPipeObservationTests.this.ended.add(context);
			}

			@Override
			public boolean supportsContext(Observation.Context context) {
				return true;
			}

		});
	}

	@AfterEach
	void close() throws Exception {
		this.flows.close();
	}

	@Test
	void whenAMessageIsReceivedThenItsFlowIsObserved() throws Exception {
		observe(this.flows, NamedPipeObservationConventions.DEFAULT);
		NamedPipeServer server = this.flows.server();
		List<Observation> current = new ArrayList<>();
		this.flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle((message) -> {
			current.add(this.registry.getCurrentObservation());
			this.flows.keep(message);
		}).get()).start();
		TestPeer peer = this.flows.connect();
		peer.send("hello");
		Message<?> message = this.flows.awaitMessage();

		ReceiverContext<?> context = ended(NamedPipeObservation.RECEIVE, ReceiverContext.class);

		assertDocumented(NamedPipeObservation.RECEIVE, context);
		ObservationContextAssert.assertThat(context)
			.hasContextualNameEqualTo("orders receive")
			.hasLowCardinalityKeyValue("pipe", "orders")
			.hasLowCardinalityKeyValue("role", "server")
			.hasLowCardinalityKeyValue("outcome", "success")
			.hasHighCardinalityKeyValue("namedpipe.connection.id",
					Objects.requireNonNull(message.getHeaders().get(NamedPipeHeaders.CONNECTION_ID, String.class)))
			.doesNotHaveParentObservation()
			.doesNotHaveError();
		assertThat(context.getKind()).isEqualTo(Kind.CONSUMER);
		assertThat(context.getCarrier()).isSameAs(message);
		assertThat(current).singleElement()
			.satisfies((observation) -> assertThat(observation.getContext()).isSameAs(context));
	}

	@Test
	void whenFramesHaveHeadersThenTraceComesWithThem() throws Exception {
		observe(this.flows, NamedPipeObservationConventions.DEFAULT);
		this.registry.observationConfig().observationHandler(new ObservationHandler<SenderContext<Object>>() {

			@Override
			public void onStart(SenderContext<Object> context) {
				Objects.requireNonNull(context.getSetter()).set(context.getCarrier(), "traceparent", "00-1-2-01");
			}

			@Override
			public boolean supportsContext(Observation.Context context) {
				return context instanceof SenderContext;
			}

		});
		NamedPipeServer server = this.flows.server((builder) -> builder.framing(MessageFraming.contentLength()));
		NamedPipeClient client = this.flows.client((builder) -> builder.framing(MessageFraming.contentLength()),
				(pipe) -> pipe);
		this.flows.flow("in", IntegrationFlow.from(NamedPipes.inboundGateway(server)).handle((payload, headers) -> {
			this.flows.keep(new GenericMessage<>(payload, headers));
			return payload;
		}).get()).flow("out", (flow) -> flow.handle(NamedPipes.outboundGateway(client)).nullChannel()).start();
		this.flows.send("out", "hello", "traceparent", "00-of-another-01");

		assertThat(this.flows.awaitMessage().getHeaders()).containsEntry("traceparent", "00-1-2-01");
		ReceiverContext<?> context = ended(NamedPipeObservation.RECEIVE, ReceiverContext.class);
		assertThat(traceparent(context)).isEqualTo("00-1-2-01");
	}

	private static <C> @Nullable String traceparent(ReceiverContext<C> context) {
		return context.getGetter().get(Objects.requireNonNull(context.getCarrier()), "traceparent");
	}

	@Test
	void whenFlowFailsThenErrorIsRecordedAndNextIsObservedAnew() throws Exception {
		observe(this.flows, NamedPipeObservationConventions.DEFAULT);
		NamedPipeServer server = this.flows.server();
		this.flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle((message) -> {
			throw new IllegalArgumentException("no such order");
		}).get()).start();
		TestPeer peer = this.flows.connect();
		peer.send("one");
		peer.send("two");

		for (int i = 0; i < 2; i++) {
			Observation.Context context = ended(NamedPipeObservation.RECEIVE, Observation.Context.class);
			ObservationContextAssert.assertThat(context)
				.hasLowCardinalityKeyValue("outcome", "error")
				.hasError()
				.doesNotHaveParentObservation();
			assertThat(context.getError()).hasRootCauseInstanceOf(IllegalArgumentException.class);
		}
	}

	@Test
	void whenAGatewayReceivesThenReplyingBelongsToIt() throws Exception {
		observe(this.flows, NamedPipeObservationConventions.DEFAULT);
		NamedPipeServer server = this.flows.server();
		this.flows
			.flow("in",
					IntegrationFlow.from(NamedPipes.inboundGateway(server).replyTimeout(Duration.ofMillis(50)))
						.handle((payload, headers) -> "silence".equals(payload) ? null : payload)
						.get())
			.start();
		TestPeer peer = this.flows.connect();
		assertThat(peer.exchange("hello")).isEqualTo("hello");

		ReceiverContext<?> answered = ended(NamedPipeObservation.RECEIVE, ReceiverContext.class);
		peer.send("silence");
		Observation.Context unanswered = ended(NamedPipeObservation.RECEIVE, Observation.Context.class);

		assertDocumented(NamedPipeObservation.RECEIVE, answered);
		assertThat(answered.getKind()).isEqualTo(Kind.SERVER);
		ObservationContextAssert.assertThat(answered).hasLowCardinalityKeyValue("outcome", "success");
		ObservationContextAssert.assertThat(unanswered).hasLowCardinalityKeyValue("outcome", "error").hasError();
		this.flows.awaitEvent(NamedPipeErrorEvent.class);
	}

	@Test
	void whenAnotherThreadRepliesThenTheFlowEndsWithTheReply() throws Exception {
		observe(this.flows, NamedPipeObservationConventions.DEFAULT);
		NamedPipeServer server = this.flows.server();
		List<Observation> left = new CopyOnWriteArrayList<>();
		this.flows
			.flow("in", IntegrationFlow.from(NamedPipes.inboundGateway(server).maxInFlight(2)).handle((request) -> {
				Thread replying = new Thread(() -> {
					reply(request);
					Observation current = this.registry.getCurrentObservation();
					if (current != null) {
						left.add(current);
					}
				}, "replying");
				replying.start();
				try {
					replying.join();
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
				left.add(Objects.requireNonNull(this.registry.getCurrentObservation()));
			}).get())
			.start();
		TestPeer peer = this.flows.connect();

		for (int i = 0; i < 2; i++) {
			assertThat(peer.exchange("hello")).isEqualTo("hello");
			ReceiverContext<?> context = ended(NamedPipeObservation.RECEIVE, ReceiverContext.class);
			ObservationContextAssert.assertThat(context)
				.hasLowCardinalityKeyValue("outcome", "success")
				.doesNotHaveParentObservation();
			await().until(() -> !left.isEmpty());
			assertThat(left).singleElement()
				.satisfies((observation) -> assertThat(observation.getContext()).isSameAs(context));
			left.clear();
		}
	}

	@Test
	void whenTheFlowRepliesAtOnceThenItsScopeOutlivesTheReply() throws Exception {
		observe(this.flows, NamedPipeObservationConventions.DEFAULT);
		NamedPipeServer server = this.flows.server();
		BlockingQueue<Boolean> current = new LinkedBlockingQueue<>();
		this.flows
			.flow("in", IntegrationFlow.from(NamedPipes.inboundGateway(server).maxInFlight(2)).handle((request) -> {
				reply(request);
				current.add(this.registry.getCurrentObservation() != null);
			}).get())
			.start();

		assertThat(this.flows.connect().exchange("hello")).isEqualTo("hello");

		assertThat(current.poll(TestFlows.SECONDS, TimeUnit.SECONDS)).isTrue();
		ended(NamedPipeObservation.RECEIVE, ReceiverContext.class);
	}

	@Test
	void whenTheConnectionEndsThenSoDoesWhatIsInFlight() throws Exception {
		observe(this.flows, NamedPipeObservationConventions.DEFAULT);
		NamedPipeServer server = this.flows.server();
		this.flows.flow("in",
				IntegrationFlow.from(NamedPipes.inboundGateway(server).maxInFlight(3)).handle(this.flows::keep).get())
			.start();
		TestPeer peer = this.flows.connect();
		for (int i = 0; i < 3; i++) {
			peer.send("hello");
			this.flows.awaitMessage();
		}

		server.connections().forEach(PipeConnection::close);

		for (int i = 0; i < 3; i++) {
			ObservationContextAssert.assertThat(ended(NamedPipeObservation.RECEIVE, ReceiverContext.class)).hasError();
		}
	}

	private static void reply(Message<?> request) {
		MessageChannel replies = (MessageChannel) Objects.requireNonNull(request.getHeaders().getReplyChannel());
		replies.send(new GenericMessage<>(request.getPayload()));
	}

	@Test
	void whenAFlowRequestsThenThatBelongsToWhatItDoes() throws Exception {
		try (TestFlows backend = new TestFlows(TestTransport.MEMORY)) {
			observe(this.flows, NamedPipeObservationConventions.DEFAULT);
			PipeServer plain = backend.plainServer();
			serveEcho(plain);
			NamedPipeServer server = this.flows.server();
			NamedPipeClient client = this.flows.bean("billingNamedPipeClient",
					NamedPipeClient.builder("billing", TestTransport.MEMORY.client(backend.pipeName()))
						.payload(PayloadFormat.text(StandardCharsets.UTF_8))
						.build());
			this.flows
				.flow("in",
						IntegrationFlow.from(NamedPipes.inboundGateway(server))
							.handle(NamedPipes.outboundGateway(client))
							.get())
				.start();
			assertThat(this.flows.connect().exchange("hello")).isEqualTo("hello");

			SenderContext<?> request = ended(NamedPipeObservation.REQUEST, SenderContext.class);
			Observation.Context received = ended(NamedPipeObservation.RECEIVE, Observation.Context.class);

			assertDocumented(NamedPipeObservation.REQUEST, request);
			ObservationContextAssert.assertThat(request)
				.hasContextualNameEqualTo("billing request")
				.hasLowCardinalityKeyValue("pipe", "billing")
				.hasLowCardinalityKeyValue("role", "client")
				.hasLowCardinalityKeyValue("outcome", "success")
				.hasHighCardinalityKeyValue("namedpipe.connection.id", "none");
			assertThat(request.getKind()).isEqualTo(Kind.CLIENT);
			assertThat(Objects.requireNonNull(request.getParentObservation()).getContextView()).isSameAs(received);
		}
	}

	@Test
	void whenNoReplyComesInTimeThenTheOutcomeIsTimeout() throws Exception {
		observe(this.flows, NamedPipeObservationConventions.DEFAULT);
		this.flows.plainServer();
		NamedPipeClient client = this.flows.client();
		this.flows
			.flow("out", (flow) -> flow.handle(NamedPipes.outboundGateway(client).replyTimeout(Duration.ofMillis(50))))
			.start();
		assertThatExceptionOfType(MessagingException.class).isThrownBy(() -> this.flows.exchange("out", "hello"));

		ObservationContextAssert.assertThat(ended(NamedPipeObservation.REQUEST, Observation.Context.class))
			.hasLowCardinalityKeyValue("outcome", "timeout")
			.hasError();
		assertThat(this.registry.getCurrentObservation()).isNull();
	}

	@Test
	void whenAMessageIsHandedOverThenThatIsObserved() throws Exception {
		observe(this.flows, NamedPipeObservationConventions.DEFAULT);
		NamedPipeServer server = this.flows.server();
		this.flows.flow("out", (flow) -> flow.handle(NamedPipes.outboundAdapter(server))).start();
		TestPeer peer = this.flows.connect();
		this.flows.awaitEvent(NamedPipeConnectionOpenedEvent.class);
		Observation parent = Observation.start("test", this.registry);
		parent.scoped(() -> this.flows.send("out", "hello"));
		parent.stop();
		assertThat(peer.receive()).isEqualTo("hello");

		SenderContext<?> sent = ended(NamedPipeObservation.SEND, SenderContext.class);

		assertDocumented(NamedPipeObservation.SEND, sent);
		ObservationContextAssert.assertThat(sent)
			.hasContextualNameEqualTo("orders send")
			.hasLowCardinalityKeyValue("outcome", "success")
			.hasParentObservationEqualTo(parent);
		assertThat(sent.getKind()).isEqualTo(Kind.PRODUCER);
	}

	@Test
	void whenTheConnectionIsNotThereThenTheErrorAndItsIdAreRecorded() throws Exception {
		observe(this.flows, NamedPipeObservationConventions.DEFAULT);
		NamedPipeServer server = this.flows.server();
		this.flows.flow("out", (flow) -> flow.handle(NamedPipes.outboundAdapter(server))).start();
		assertThatExceptionOfType(MessagingException.class).isThrownBy(() -> this.flows.sendMessage("out",
				MessageBuilder.withPayload("hello").setHeader(NamedPipeHeaders.CONNECTION_ID, "gone-1").build()));

		Observation.Context sent = ended(NamedPipeObservation.SEND, Observation.Context.class);

		assertThat(sent.getError()).isInstanceOf(MessageHandlingException.class);
		ObservationContextAssert.assertThat(sent)
			.hasLowCardinalityKeyValue("outcome", "error")
			.hasHighCardinalityKeyValue("namedpipe.connection.id", "gone-1");
	}

	@Test
	void whenTheUserHasAConventionThenItNamesTheObservation() throws Exception {
		observe(this.flows, new NamedPipeObservationConventions(new DefaultNamedPipeReceiveObservationConvention() {

			@Override
			public String getName() {
				return "orders.intake";
			}

			@Override
			public KeyValues getLowCardinalityKeyValues(NamedPipeReceiverContext context) {
				return super.getLowCardinalityKeyValues(context).and("team", "logistics");
			}

		}, null, null));
		NamedPipeServer server = this.flows.server();
		this.flows.flow("in", IntegrationFlow.from(NamedPipes.inboundAdapter(server)).handle(this.flows::keep).get())
			.start();
		this.flows.connect().send("hello");
		this.flows.awaitMessage();

		Observation.Context context = this.ended.poll(TestFlows.SECONDS, TimeUnit.SECONDS);

		ObservationContextAssert.assertThat(context)
			.hasNameEqualTo("orders.intake")
			.hasLowCardinalityKeyValue("team", "logistics")
			.hasLowCardinalityKeyValue("pipe", "orders");
	}

	@Test
	void whenSpringIntegrationObservesTooThenThereIsOneObservation() throws Exception {
		observe(this.flows, NamedPipeObservationConventions.DEFAULT);
		NamedPipeServer server = this.flows.server();
		NamedPipeInboundChannelAdapter adapter = NamedPipes.inboundAdapter(server).getObject();
		this.flows.flow("in", IntegrationFlow.from(adapter).handle(this.flows::keep).get()).start();
		adapter.registerObservationRegistry(this.registry);
		this.flows.connect().send("hello");
		this.flows.awaitMessage();

		ended(NamedPipeObservation.RECEIVE, Observation.Context.class);

		TestObservationRegistryAssert.assertThat(this.registry).hasNumberOfObservationsEqualTo(1);
	}

	@Test
	void whenOnlySpringIntegrationObservesThenItsObservationIsOpened() throws Exception {
		NamedPipeServer server = this.flows.server();
		NamedPipeInboundChannelAdapter adapter = NamedPipes.inboundAdapter(server).getObject();
		this.flows.flow("in", IntegrationFlow.from(adapter).handle(this.flows::keep).get()).start();
		adapter.registerObservationRegistry(this.registry);
		this.flows.connect().send("hello");
		this.flows.awaitMessage();

		Observation.Context context = this.ended.poll(TestFlows.SECONDS, TimeUnit.SECONDS);

		ObservationContextAssert.assertThat(context).hasNameEqualTo("spring.integration.handler");
	}

	@Test
	void whenNobodyObservesThenAMessageCostsNothingMore() throws Exception {
		NamedPipeServer server = this.flows.server();
		this.flows.start();
		PipeObservations noHandlers = new PipeObservations(ObservationRegistry.create(),
				NamedPipeObservationConventions.DEFAULT, server);
		Message<?> message = new GenericMessage<>("hello");
		this.flows.connect();
		this.flows.awaitEvent(NamedPipeConnectionOpenedEvent.class);
		NamedPipeSession session = server.sessions()[0];

		for (NamedPipeObserver observer : List.of(NamedPipeObserver.NONE, noHandlers)) {
			long allocated = allocatedBy(() -> {
				for (int i = 0; i < MESSAGES; i++) {
					observer.receiving(message, session, true).close();
					observer.sending(message).close();
					observer.requesting(message).close();
				}
			});
			assertThat(allocated).as("bytes for %d messages", MESSAGES).isLessThan(MESSAGES * LEAST_OBJECT);
		}
	}

	private void observe(TestFlows target, NamedPipeObservationConventions conventions) {
		target.context()
			.registerBean(NamedPipeObservationRegistrar.class,
					() -> new NamedPipeObservationRegistrar(() -> this.registry, () -> conventions));
	}

	/**
	 * The next observation of that kind that ends.
	 */
	private <C> C ended(NamedPipeObservation observation, Class<C> type) throws InterruptedException {
		String name = Objects.requireNonNull(DocumentedNames.of(observation));
		while (true) {
			Observation.Context context = this.ended.poll(TestFlows.SECONDS, TimeUnit.SECONDS);
			assertThat(context).as(name).isNotNull();
			if (name.equals(context.getName())) {
				return type.cast(context);
			}
		}
	}

	private static void assertDocumented(NamedPipeObservation documented, Observation.Context context) {
		assertThat(context.getName()).isEqualTo(DocumentedNames.of(documented));
		assertThat(context.getLowCardinalityKeyValues().stream().map((pair) -> pair.getKey()))
			.containsExactlyInAnyOrder(keys(documented.getLowCardinalityKeyNames()));
		assertThat(context.getHighCardinalityKeyValues().stream().map((pair) -> pair.getKey()))
			.containsExactlyInAnyOrder(keys(documented.getHighCardinalityKeyNames()));
	}

	private static String[] keys(KeyName[] names) {
		return Arrays.stream(names).map(KeyName::asString).toArray(String[]::new);
	}

	private static void serveEcho(PipeServer server) {
		server.serve((connection) -> {
			ByteBuffer buffer = ByteBuffer.allocate(1024);
			while (connection.read(buffer.clear()) >= 0) {
				connection.write(buffer.flip());
			}
		});
	}

	private static long allocatedBy(Runnable work) {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		work.run();
		long before = threads.getCurrentThreadAllocatedBytes();
		work.run();
		return threads.getCurrentThreadAllocatedBytes() - before;
	}

	/**
	 * The names in the documentation of operators, one for each observation.
	 */
	private static final class DocumentedNames {

		private static String of(NamedPipeObservation observation) {
			return switch (observation) {
				case RECEIVE -> "namedpipe.receive";
				case SEND -> "namedpipe.send";
				case REQUEST -> "namedpipe.request";
			};
		}

	}

}
