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

package io.namedpipe;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import io.namedpipe.testsupport.PipeFixture;
import io.namedpipe.transport.GrantedAccess;
import io.namedpipe.transport.PeerCredentials;
import io.namedpipe.transport.PeerRejectedException;
import io.namedpipe.transport.ProcessIdentity;
import io.namedpipe.transport.Transport;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportListener;
import io.namedpipe.transport.memory.ControlledMemoryTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * What one connection, or somebody who is told of it, takes its time for delays no other.
 */
@Timeout(60)
class ConnectionThreadsTests extends PipeFixture {

	private static final Duration SHORT = Duration.ofMillis(100);

	private final ControlledMemoryTransport transport = new ControlledMemoryTransport();

	private final CountDownLatch released = new CountDownLatch(1);

	private final AtomicInteger waiting = new AtomicInteger();

	private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

	@AfterEach
	void release() {
		this.released.countDown();
	}

	private PipeServer.Builder server() {
		return PipeServer.builder("threads").transport(this.transport);
	}

	private PipeConnection connect() throws PipeException {
		return closing(PipeClient.builder("threads").transport(this.transport).build()).connect();
	}

	private PipeServer serving(PipeServer.Builder builder, ConnectionHandler handler) throws PipeException {
		PipeServer server = closing(builder.build());
		server.start();
		server.serve(handler);
		return server;
	}

	private static void echo(PipeConnection connection) throws Exception {
		int value = connection.inputStream().read();
		while (value >= 0) {
			connection.outputStream().write(value);
			value = connection.inputStream().read();
		}
	}

	private static void assertEchoes(PipeConnection connection) throws Exception {
		connection.outputStream().write(42);
		assertThat(connection.inputStream().read()).isEqualTo(42);
	}

	// The first one waits until the test is over
	private void waitIfFirst() {
		if (this.waiting.getAndIncrement() == 0) {
			boolean ended = false;
			while (!ended) {
				try {
					this.released.await();
					ended = true;
				}
				catch (InterruptedException ex) {
					// as a lock that is waited for takes no notice of it
				}
			}
		}
	}

	private void awaitFirst() {
		await().atMost(SOON).until(() -> this.waiting.get() > 0);
	}

	@Test
	void whenAListenerOfAnIdleCloseWaitsThenOthersAreClosedInTime() throws Exception {
		serving(server().idleTimeout(SHORT).listener(new PipeListener() {

			@Override
			public void closed(PipeConnection connection, CloseReason reason, @Nullable Throwable cause) {
				ConnectionThreadsTests.this.told.add(reason.tag());
				waitIfFirst();
			}

		}), ConnectionThreadsTests::echo);
		connect();
		awaitFirst();

		PipeConnection other = connect();

		assertThat(readToEnd(other)).isEmpty();
		assertThat(this.told.take()).isEqualTo(CloseReason.IDLE.tag());
		assertThat(this.told.poll(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo(CloseReason.IDLE.tag());
	}

	@Test
	void whenAListenerOfOpenedWaitsThenOthersAreServed() throws Exception {
		serving(server().listener(new PipeListener() {

			@Override
			public void opened(PipeConnection connection) {
				waitIfFirst();
			}

		}), ConnectionThreadsTests::echo);
		connect();
		awaitFirst();

		assertEchoes(connect());
	}

	@Test
	void whenAListenerOfRejectedWaitsThenOthersAreServed() throws Exception {
		AtomicInteger clients = new AtomicInteger();
		this.transport.setLookUp(() -> {
			if (clients.getAndIncrement() == 0) {
				throw new PeerRejectedException(PeerCredentials.UNKNOWN, "the first one");
			}
		});
		PipeServer server = serving(server().maxInstances(1).listener(new PipeListener() {

			@Override
			public void rejected(PipePeer peer, RejectReason reason, String message) {
				waitIfFirst();
			}

		}), ConnectionThreadsTests::echo);
		connect();
		awaitFirst();

		assertEchoes(connect());
		assertThat(server.statistics().rejected(RejectReason.ACCESS)).isEqualTo(1);
	}

	@Test
	void whenALookUpTakesItsTimeThenOthersAreServed() throws Exception {
		this.transport.setLookUp(this::waitIfFirst);
		PipeServer server = serving(server(), ConnectionThreadsTests::echo);
		connect();
		awaitFirst();

		assertEchoes(connect());
		assertThat(server.instanceCount()).isEqualTo(1);
	}

	@Test
	void whenALookUpDoesNotEndThenThePeerIsRejected() throws Exception {
		this.transport.setLookUp(this::waitIfFirst);
		serving(server().maxInstances(1).handshakeTimeout(SHORT).listener(new PipeListener() {

			@Override
			public void rejected(PipePeer peer, RejectReason reason, String message) {
				ConnectionThreadsTests.this.told.add(reason.tag() + ": " + message);
			}

		}), ConnectionThreadsTests::echo);

		PipeConnection first = connect();

		assertThat(readToEnd(first)).isEmpty();
		assertThat(this.told.poll(SOON.toSeconds(), TimeUnit.SECONDS)).startsWith("access").contains("in time");
		assertEchoes(connect());
	}

	@Test
	void whenLookUpsWaitThenMaxInstancesHolds() throws Exception {
		this.transport.setLookUp(this::waitIfFirst);
		PipeServer server = serving(server().maxInstances(1), ConnectionThreadsTests::echo);
		connect();
		awaitFirst();
		PipeConnection second = connect();
		second.outputStream().write(42);

		this.released.countDown();

		await().atMost(SOON).until(() -> server.instanceCount() == 1);
		assertThat(server.statistics().max()).isEqualTo(1);
		assertThat(second.isIdle()).isTrue();
	}

	@Test
	void whenTheServerStopsThenALookUpIsNotWaitedFor() throws Exception {
		this.transport.setLookUp(this::waitIfFirst);
		PipeServer server = serving(server().drainTimeout(Duration.ofMinutes(10)), ConnectionThreadsTests::echo);
		PipeConnection client = connect();
		awaitFirst();

		get(async(() -> {
			server.stop();
			return null;
		}));

		assertThat(readToEnd(client)).isEmpty();
	}

	@Test
	void whenAFactoryLeavesTheInterruptFlagSetThenTheLoopGoesOn() throws Exception {
		PipeServer server = serving(server().threadFactory((task) -> {
			Thread.currentThread().interrupt();
			Thread thread = new Thread(task);
			thread.setDaemon(true);
			return thread;
		}), ConnectionThreadsTests::echo);

		assertEchoes(connect());
		assertEchoes(connect());

		assertThat(server.statistics().errors(PipeErrorType.ACCEPT)).isZero();
	}

	@Test
	void whenListenerLeavesInterruptFlagThenConnectionGoesOn() throws Exception {
		serving(server().listener(new PipeListener() {

			@Override
			public void opened(PipeConnection connection) {
				Thread.currentThread().interrupt();
			}

		}), (connection) -> {
			this.told.add("interrupted " + Thread.currentThread().isInterrupted());
			echo(connection);
		});

		assertEchoes(connect());

		assertThat(this.told.take()).isEqualTo("interrupted false");
	}

	@Test
	void whenThereIsNoThreadForAConnectionThenItsPlaceIsFree() throws Exception {
		AtomicInteger threads = new AtomicInteger();
		serving(server().maxInstances(1).threadFactory((task) -> {
			if (threads.getAndIncrement() == 0) {
				throw new OutOfMemoryError("unable to create native thread");
			}
			Thread thread = new Thread(task);
			thread.setDaemon(true);
			return thread;
		}), ConnectionThreadsTests::echo);

		assertThat(readToEnd(connect())).isEmpty();

		assertEchoes(connect());
	}

	@Test
	void whenAHandlerStopsItsServerThenItsReplyIsRead() throws Exception {
		CountDownLatch stopped = new CountDownLatch(1);
		PipeServer server = closing(server().drainTimeout(Duration.ofMinutes(10)).build());
		server.start();
		server.serve((connection) -> {
			connection.inputStream().read();
			server.stop();
			stopped.countDown();
			connection.outputStream().write(42);
		});
		PipeConnection client = connect();

		client.outputStream().write(1);

		assertThat(client.inputStream().read()).isEqualTo(42);
		assertThat(client.inputStream().read()).isEqualTo(-1);
		assertThat(stopped.getCount()).isZero();
		assertThat(server.isRunning()).isFalse();
		await().atMost(SOON).until(() -> server.connections().isEmpty());
		assertThat(server.statistics().closed(CloseReason.STOP)).isEqualTo(1);
	}

	@Test
	void whenTwoHandlersStopTheirServerThenNeitherWaitsForTheOther() throws Exception {
		CountDownLatch both = new CountDownLatch(2);
		PipeServer server = closing(server().drainTimeout(Duration.ofMinutes(10)).build());
		server.start();
		server.serve((connection) -> {
			connection.inputStream().read();
			both.countDown();
			both.await();
			server.stop();
			connection.outputStream().write(42);
		});
		PipeConnection one = connect();
		PipeConnection other = connect();

		one.outputStream().write(1);
		other.outputStream().write(1);

		assertThat(one.inputStream().read()).isEqualTo(42);
		assertThat(other.inputStream().read()).isEqualTo(42);
	}

	@Test
	void whenAHandlerDoesNotEndAfterItsStopThenItIsClosedLater() throws Exception {
		PipeServer server = closing(server().drainTimeout(SHORT).build());
		server.start();
		server.serve((connection) -> {
			connection.inputStream().read();
			server.stop();
			this.released.await();
		});
		PipeConnection client = connect();

		client.outputStream().write(1);

		assertThat(client.inputStream().read()).isEqualTo(-1);
	}

	@Test
	void whenAnotherThreadStopsForTheConversationThenItIsNotWaitedFor() throws Exception {
		PipeServer server = closing(server().drainTimeout(Duration.ofMinutes(10)).build());
		server.start();
		server.serve((connection) -> {
			connection.inputStream().read();
			PipeConnection own = PipeConnection.current().orElseThrow();
			Future<?> stop = async(() -> {
				own.converse(server::stop);
				return null;
			});
			stop.get();
			connection.outputStream().write(42);
		});
		PipeConnection client = connect();

		client.outputStream().write(1);

		assertThat(client.inputStream().read()).isEqualTo(42);
		assertThat(PipeConnection.current()).isEmpty();
	}

	@Test
	void whenAServerStopsDuringALookUpThenAcceptGivesNothing() throws Exception {
		this.transport.setLookUp(this::waitIfFirst);
		PipeServer server = closing(server().build());
		server.start();
		Future<PipeConnection> accepting = async(server::accept);
		PipeConnection client = connect();
		awaitFirst();

		server.stop();
		this.released.countDown();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(accepting))
			.withCauseInstanceOf(PipeClosedException.class);
		assertThat(readToEnd(client)).isEmpty();
		assertThat(server.connections()).isEmpty();
	}

	@Test
	void whenTheRightsOfAPeerAreOfNoUseThenItIsTurnedAway() throws Exception {
		this.transport.setGranted(new GrantedAccess(true, false));
		PipeServer server = serving(server().direction(PipeDirection.IN).maxInstances(1), ConnectionThreadsTests::echo);

		assertThat(readToEnd(connect())).isEmpty();

		await().atMost(SOON).until(() -> server.statistics().rejected(RejectReason.ACCESS) == 1);
		assertThat(server.statistics().accepted()).isZero();
	}

	@Test
	void whenATransportFailsToCloseThenTheConnectionIsGoneAllTheSame() throws Exception {
		Transport unclosable = proxy(Transport.class, this.transport, (target, method) -> {
			if (isCall(TransportChannel.class, "close", target, method)) {
				throw new IllegalStateException("the transport does not close");
			}
			return null;
		});
		PipeServer server = closing(PipeServer.builder("threads").transport(unclosable).build());
		server.start();
		PipeConnection client = connect();
		PipeConnection accepted = server.accept();

		assertThatIllegalStateException().isThrownBy(accepted::close);

		assertThat(server.connections()).isEmpty();
		assertThat(server.statistics().current()).isZero();
		client.close();
	}

	@Test
	void whenALookUpHoldsOnToItsSocketThenAStopDoesNotWait() throws Exception {
		this.transport.setLookUp(this::waitIfFirst);
		Transport slow = proxy(Transport.class, this.transport, (target, method) -> {
			if (isCall(TransportChannel.class, "close", target, method)) {
				this.released.await();
			}
			return null;
		});
		PipeServer server = serving(PipeServer.builder("threads").transport(slow), ConnectionThreadsTests::echo);
		connect();
		awaitFirst();

		get(async(() -> {
			server.stop();
			return null;
		}));

		assertThat(this.released.getCount()).isOne();
	}

	@Test
	void whenAServerIsStartedAgainThenItsPlacesAreFree() throws Exception {
		this.transport.setLookUp(this::waitIfFirst);
		PipeServer server = serving(server().maxInstances(1), ConnectionThreadsTests::echo);
		connect();
		awaitFirst();

		server.stop();
		server.start();
		server.serve(ConnectionThreadsTests::echo);

		PipeConnection client = connect();
		get(async(() -> {
			assertEchoes(client);
			return null;
		}));
	}

	@Test
	void whenNobodyCanBeLookedUpThenThatIsAFault() throws Exception {
		this.transport.setLookUp(() -> {
			try {
				this.released.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
		PipeServer server = serving(server(), ConnectionThreadsTests::echo);

		for (int i = 0; i <= Admission.MOST_LOOK_UPS; i++) {
			connect();
		}

		await().atMost(SOON).until(() -> server.fault().isPresent());
		assertThat(server.fault().orElseThrow()).hasMessageContaining("account database");
		this.released.countDown();
		await().atMost(SOON).until(() -> server.fault().isEmpty());
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void whenAVirtualThreadLooksUpThenItDoesNotHoldItsCarrier() throws Exception {
		this.transport.setLookUp(() -> this.told.add(Thread.currentThread().getClass().getSimpleName()));
		serving(server().threadFactory(virtualThreads()), ConnectionThreadsTests::echo);

		assertEchoes(connect());

		assertThat(this.told.take()).isNotEqualTo("VirtualThread");
	}

	private static ThreadFactory virtualThreads() throws ReflectiveOperationException {
		Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
		return (ThreadFactory) Class.forName("java.lang.Thread$Builder").getMethod("factory").invoke(builder);
	}

	@Test
	void whenAThreadRunsAsAPeerThenItClosesAsTheProcess() throws Exception {
		BlockingQueue<Thread> closing = new LinkedBlockingQueue<>();
		Transport noting = proxy(Transport.class, this.transport, (target, method) -> {
			if (method.getName().equals("close")) {
				closing.add(Thread.currentThread());
			}
			return null;
		});
		PipeServer server = closing(PipeServer.builder("threads").transport(noting).listener(new PipeListener() {

			@Override
			public void closed(PipeConnection connection, CloseReason reason, @Nullable Throwable cause) {
				closing.add(Thread.currentThread());
			}

		}).build());
		server.start();
		connect();
		PipeConnection accepted = server.accept();

		ProcessIdentity.leaveFor(() -> {
			accepted.close();
			server.stop();
			return null;
		});

		assertThat(closing).hasSize(3).doesNotContain(Thread.currentThread());
	}

	@Test
	void whenAnInitializerFindsOutWhoAPeerIsThenTheLimitHolds() throws Exception {
		Set<Object> read = ConcurrentHashMap.newKeySet();
		Transport late = proxy(Transport.class, this.transport, (target, method) -> {
			if (isCall(TransportChannel.class, "read", target, method)) {
				read.add(target);
			}
			return (method.getName().equals("peer") && !read.contains(target)) ? PeerCredentials.UNKNOWN : null;
		});
		PipeServer server = serving(PipeServer.builder("threads")
			.transport(late)
			.maxConnectionsPerUser(1)
			.initializer((connection) -> connection.inputStream().read()), ConnectionThreadsTests::echo);
		PipeConnection first = connect();
		first.outputStream().write(1);
		assertEchoes(first);

		PipeConnection second = connect();
		second.outputStream().write(1);

		assertThat(readToEnd(second)).isEmpty();
		assertThat(server.statistics().rejected(RejectReason.USER_LIMIT)).isOne();
		assertThat(server.statistics().accepted()).isOne();
		assertEchoes(first);
	}

	private static boolean isCall(Class<?> type, String name, Object target, Method method) {
		return type.isInstance(target) && method.getName().equals(name);
	}

	private static <T> T proxy(Class<T> type, Object target, Interceptor interceptor) {
		return type
			.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, (self, method, arguments) -> {
				Object instead = interceptor.before(target, method);
				if (instead != null) {
					return instead;
				}
				Object result;
				try {
					result = method.invoke(target, arguments);
				}
				catch (InvocationTargetException ex) {
					throw ex.getTargetException();
				}
				if (result instanceof TransportListener) {
					return proxy(TransportListener.class, result, interceptor);
				}
				return (result instanceof TransportChannel) ? proxy(TransportChannel.class, result, interceptor)
						: result;
			}));
	}

	private interface Interceptor {

		@Nullable Object before(Object target, Method method) throws Exception;

	}

}
