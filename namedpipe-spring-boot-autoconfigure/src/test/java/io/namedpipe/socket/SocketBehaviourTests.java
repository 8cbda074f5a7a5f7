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

package io.namedpipe.socket;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.namedpipe.CloseReason;
import io.namedpipe.PipeClient;
import io.namedpipe.PipeConnection;
import io.namedpipe.PipeListener;
import io.namedpipe.testsupport.PipeFixture;
import io.namedpipe.testsupport.TestTransport;
import io.namedpipe.transport.Capability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * What the JDK promises of sockets, over pipes. A subclass names the transport.
 */
@Timeout(60)
abstract class SocketBehaviourTests extends PipeFixture {

	private static final InetSocketAddress ANYWHERE = InetSocketAddress.createUnresolved("no.such.host", 4711);

	private final TestTransport transport;

	private String pipeName = "";

	SocketBehaviourTests(TestTransport transport) {
		this.transport = transport;
	}

	@BeforeEach
	void chooseName() {
		this.pipeName = this.transport.newPipeName();
		closing(() -> this.transport.cleanUp(this.pipeName));
	}

	final NamedPipeSocketFactory sockets() throws IOException {
		return new NamedPipeSocketFactory(
				closing(this.transport.client(this.pipeName).waitForServer(false).writeTimeout(null).build()));
	}

	private NamedPipeSocketFactory patientSockets() throws IOException {
		return new NamedPipeSocketFactory(closing(this.transport.client(this.pipeName).build()));
	}

	private NamedPipeServerSocketFactory serverSockets() {
		return new NamedPipeServerSocketFactory(() -> this.transport.server(this.pipeName).writeTimeout(null));
	}

	final ServerSocket listening() throws IOException {
		return closing(serverSockets().createServerSocket(4711));
	}

	private Ends connected() throws Exception {
		ServerSocket listening = listening();
		Socket client = closing(sockets().createSocket("localhost", 4711));
		return new Ends(client, closing(listening.accept()));
	}

	private static void send(Socket socket, String text) throws IOException {
		socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
	}

	private static String receive(Socket socket, int count) throws IOException {
		return new String(socket.getInputStream().readNBytes(count), StandardCharsets.UTF_8);
	}

	private static byte[] random(int size) {
		byte[] bytes = new byte[size];
		new Random(size).nextBytes(bytes);
		return bytes;
	}

	private static void awaitBlocked(Thread thread, String... methods) {
		await().atMost(SOON).until(() -> {
			for (StackTraceElement element : thread.getStackTrace()) {
				for (String method : methods) {
					if (element.getMethodName().equals(method) && element.getClassName().startsWith("io.namedpipe.")) {
						return true;
					}
				}
			}
			return false;
		});
	}

	private <T> Blocked<T> blocked(Callable<T> call, String method) {
		AtomicReference<Thread> thread = new AtomicReference<>();
		Future<T> future = async(() -> {
			thread.set(Thread.currentThread());
			return call.call();
		});
		await().atMost(SOON).until(() -> thread.get() != null);
		awaitBlocked(thread.get(), method);
		return new Blocked<>(thread.get(), future);
	}

	private static void assertEndsWithSocketException(Blocked<?> blocked) {
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(blocked.result()))
			.withCauseInstanceOf(SocketException.class);
	}

	@Test
	void whenSocketIsNewThenItIsInNoState() throws Exception {
		Socket socket = closing(sockets().createSocket());

		assertThat(socket.isConnected()).isFalse();
		assertThat(socket.isBound()).isFalse();
		assertThat(socket.isClosed()).isFalse();
		assertThat(socket.getInetAddress()).isNull();
		assertThat(socket.getPort()).isZero();
		assertThatExceptionOfType(SocketException.class).isThrownBy(socket::getInputStream);
		assertThatExceptionOfType(SocketException.class).isThrownBy(socket::getOutputStream);
		assertThatExceptionOfType(SocketException.class).isThrownBy(socket::shutdownInput);
	}

	@Test
	void whenSocketsAreConnectedThenBothSidesTalk() throws Exception {
		Ends ends = connected();

		send(ends.client(), "ping");
		assertThat(receive(ends.server(), 4)).isEqualTo("ping");
		send(ends.server(), "pong");
		assertThat(receive(ends.client(), 4)).isEqualTo("pong");
		assertThat(ends.client().isConnected()).isTrue();
		assertThat(ends.server().isConnected()).isTrue();
		assertThat(ends.client().isBound()).isTrue();
	}

	@Test
	void whenConnectedThenAddressesAreOfLoopback() throws Exception {
		ServerSocket listening = listening();
		Socket client = closing(sockets().createSocket());
		client.connect(ANYWHERE);
		Socket server = closing(listening.accept());

		assertThat(client.getPort()).isEqualTo(4711);
		assertThat(client.getInetAddress().getHostName()).isEqualTo("no.such.host");
		assertThat(client.getInetAddress().isLoopbackAddress()).isTrue();
		assertThat(client.getLocalAddress().isLoopbackAddress()).isTrue();
		assertThat(server.getInetAddress().isLoopbackAddress()).isTrue();
		assertThat(server.getRemoteSocketAddress()).isInstanceOf(InetSocketAddress.class);
		assertThat(listening.getInetAddress().isLoopbackAddress()).isTrue();
		assertThat(listening.getLocalPort()).isEqualTo(4711);
		assertThat(client.toString()).contains(this.pipeName);
	}

	@Test
	void whenMuchGoesBothWaysThenAllOfItArrives() throws Exception {
		Ends ends = connected();
		byte[] there = random(1_000_000);
		byte[] back = random(1_500_000);

		Future<?> sendingThere = async(() -> {
			ends.client().getOutputStream().write(there);
			return null;
		});
		Future<?> sendingBack = async(() -> {
			ends.server().getOutputStream().write(back);
			return null;
		});
		Future<byte[]> arriving = async(() -> ends.server().getInputStream().readNBytes(there.length));

		assertThat(ends.client().getInputStream().readNBytes(back.length)).isEqualTo(back);
		assertThat(get(arriving)).isEqualTo(there);
		get(sendingThere);
		get(sendingBack);
	}

	@Test
	void whenReadTimesOutThenSocketIsUsable() throws Exception {
		Ends ends = connected();
		ends.client().setSoTimeout(20);
		InputStream in = ends.client().getInputStream();

		for (int i = 0; i < 3; i++) {
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(in::read).withMessage("Read timed out");
		}
		send(ends.client(), "ping");
		assertThat(receive(ends.server(), 4)).isEqualTo("ping");
		send(ends.server(), "pong");

		ends.client().setSoTimeout(0);
		assertThat(receive(ends.client(), 4)).isEqualTo("pong");
		assertThat(ends.client().isClosed()).isFalse();
		assertThat(ends.client().getSoTimeout()).isZero();
	}

	@Test
	void whenTimeoutIsSetThenDataAndEndComeAtOnce() throws Exception {
		Ends ends = connected();
		ends.client().setSoTimeout(Integer.MAX_VALUE);

		send(ends.server(), "bye");
		ends.server().close();

		assertThat(receive(ends.client(), 3)).isEqualTo("bye");
		assertThat(ends.client().getInputStream().read()).isEqualTo(-1);
		assertThat(ends.client().getInputStream().read(new byte[2])).isEqualTo(-1);
		assertThat(ends.client().getInputStream().available()).isZero();
	}

	@Test
	void whenBytesAreThereThenTheyAreAvailable() throws Exception {
		Ends ends = connected();
		InputStream in = ends.client().getInputStream();

		assertThat(in.available()).isZero();
		send(ends.server(), "abc");
		await().atMost(SOON).until(() -> in.available() == 3);

		assertThat(in.read(new byte[0])).isZero();
		assertThat(in.read()).isEqualTo('a');
		assertThat(in.available()).isEqualTo(2);
		assertThat(in.skip(1)).isOne();
		assertThat(in.read()).isEqualTo('c');
	}

	@Test
	void whenNobodyServesPipeThenConnectIsRefused() throws Exception {
		Socket socket = sockets().createSocket();

		assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> socket.connect(ANYWHERE))
			.withMessageContaining(this.pipeName);

		assertThat(socket.isConnected()).isFalse();
		assertThat(socket.isClosed()).isTrue();
		assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> sockets().createSocket("localhost", 1));
	}

	@Test
	void whenTimeToConnectIsUpThenThatIsTold() throws Exception {
		Socket socket = patientSockets().createSocket();

		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> socket.connect(ANYWHERE, 100));

		assertThat(socket.isClosed()).isTrue();
	}

	@Test
	void whenServerComesLaterThenWaitingConnectSucceeds() throws Exception {
		Socket client = closing(patientSockets().createSocket());
		Blocked<?> connecting = blocked(() -> {
			client.connect(ANYWHERE, 20_000);
			return null;
		}, "connect");

		Socket server = closing(listening().accept());

		get(connecting.result());
		send(client, "ping");
		assertThat(receive(server, 4)).isEqualTo("ping");
	}

	@Test
	void whenSocketIsClosedThenItsConnectEnds() throws Exception {
		Socket socket = patientSockets().createSocket();
		Blocked<?> connecting = blocked(() -> {
			socket.connect(ANYWHERE, 600_000);
			return null;
		}, "await");

		socket.close();

		assertEndsWithSocketException(connecting);
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> socket.connect(ANYWHERE));
	}

	@Test
	void whenSocketIsConnectingThenSecondConnectFails() throws Exception {
		Socket client = closing(patientSockets().createSocket());
		Blocked<?> connecting = blocked(() -> {
			client.connect(ANYWHERE, 20_000);
			return null;
		}, "await");

		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> client.connect(ANYWHERE, 50))
			.withMessageContaining("in progress");

		Socket server = closing(listening().accept());
		get(connecting.result());
		send(client, "ping");
		assertThat(receive(server, 4)).isEqualTo("ping");
	}

	@Test
	void whenSocketIsConnectedThenSecondConnectFails() throws Exception {
		Ends ends = connected();

		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> ends.client().connect(ANYWHERE));

		send(ends.client(), "still");
		assertThat(receive(ends.server(), 5)).isEqualTo("still");
	}

	@Test
	void whenSocketIsClosedThenBlockedCallsEnd() throws Exception {
		Ends ends = connected();
		OutputStream out = ends.client().getOutputStream();
		InputStream in = ends.client().getInputStream();
		Blocked<?> reading = blocked(in::read, "read");
		Blocked<?> writing = blocked(() -> {
			out.write(new byte[8 * 1024 * 1024]);
			return null;
		}, "write");

		ends.client().close();

		assertEndsWithSocketException(reading);
		assertEndsWithSocketException(writing);
		assertThat(ends.client().isClosed()).isTrue();
		assertThat(ends.client().isConnected()).isTrue();
		assertThatExceptionOfType(SocketException.class).isThrownBy(in::read);
		assertThatExceptionOfType(SocketException.class).isThrownBy(in::available);
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> out.write(1));
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> ends.client().setSoTimeout(1));
	}

	@Test
	void whenTimedReadIsBlockedThenCloseEndsIt() throws Exception {
		Ends ends = connected();
		ends.client().setSoTimeout(600_000);
		Blocked<?> reading = blocked(ends.client().getInputStream()::read, "read");

		ends.client().close();

		assertEndsWithSocketException(reading);
	}

	@Test
	void whenStreamIsClosedThenSoIsSocket() throws Exception {
		Ends ends = connected();

		ends.client().getInputStream().close();
		ends.server().getOutputStream().close();

		assertThat(ends.client().isClosed()).isTrue();
		assertThat(ends.server().isClosed()).isTrue();
	}

	@Test
	void whenOutputIsShutDownThenPeerReadsEnd() throws Exception {
		assumeTrue(this.transport.transport().supports(Capability.HALF_CLOSE), "has a half-close");
		Ends ends = connected();
		send(ends.client(), "question");

		ends.client().shutdownOutput();

		assertThat(new String(ends.server().getInputStream().readAllBytes())).isEqualTo("question");
		send(ends.server(), "answer");
		assertThat(receive(ends.client(), 6)).isEqualTo("answer");
		assertThat(ends.client().isOutputShutdown()).isTrue();
		assertThat(ends.client().isClosed()).isFalse();
		assertThatExceptionOfType(SocketException.class).isThrownBy(ends.client()::getOutputStream);
	}

	@Test
	void whenOutputIsShutDownThenBlockedWriteEnds() throws Exception {
		assumeTrue(this.transport.transport().supports(Capability.HALF_CLOSE), "has a half-close");
		Ends ends = connected();
		OutputStream out = ends.client().getOutputStream();
		Blocked<?> writing = blocked(() -> {
			out.write(new byte[8 * 1024 * 1024]);
			return null;
		}, "write");
		assertThat(ends.server().getInputStream().read()).isZero();

		get(async(() -> {
			ends.client().shutdownOutput();
			return null;
		}));

		assertEndsWithSocketException(writing);
		send(ends.server(), "answer");
		assertThat(receive(ends.client(), 6)).isEqualTo("answer");
		assertThat(ends.client().isClosed()).isFalse();
	}

	@Test
	void whenPipeHasNoHalfCloseThenShutdownOfOutputFails() throws Exception {
		assumeTrue(!this.transport.transport().supports(Capability.HALF_CLOSE), "has no half-close");
		Ends ends = connected();

		assertThatExceptionOfType(SocketException.class).isThrownBy(ends.client()::shutdownOutput)
			.withMessageContaining("close the connection");

		assertThat(ends.client().isOutputShutdown()).isFalse();
		send(ends.client(), "still");
		assertThat(receive(ends.server(), 5)).isEqualTo("still");
	}

	@Test
	void whenInputIsShutDownThenReadsGiveEnd() throws Exception {
		Ends ends = connected();
		InputStream in = ends.client().getInputStream();
		Blocked<Integer> reading = blocked(in::read, "read");

		ends.client().shutdownInput();

		assertThat(get(reading.result())).isEqualTo(-1);
		assertThat(in.read()).isEqualTo(-1);
		assertThat(in.available()).isZero();
		assertThat(ends.client().isInputShutdown()).isTrue();
		assertThatExceptionOfType(SocketException.class).isThrownBy(ends.client()::getInputStream);
		send(ends.client(), "still");
		assertThat(receive(ends.server(), 5)).isEqualTo("still");
	}

	@Test
	void whenInputIsShutDownThenPeerMayStillWrite() throws Exception {
		Ends ends = connected();

		ends.client().shutdownInput();

		send(ends.server(), "unread");
		send(ends.server(), "unread");
		send(ends.client(), "still");
		assertThat(receive(ends.server(), 5)).isEqualTo("still");
	}

	@Test
	void whenInputIsShutDownThenPeerIsNotTheOneWhoLeft() throws Exception {
		BlockingQueue<PipeConnection> opened = new LinkedBlockingQueue<>();
		ServerSocket listening = listening();
		PipeClient pipe = closing(this.transport.client(this.pipeName).listener(listener(opened)).build());
		Socket client = closing(new NamedPipeSocketFactory(pipe).createSocket("localhost", 4711));
		closing(listening.accept());
		Blocked<Integer> reading = blocked(client.getInputStream()::read, "read");

		client.shutdownInput();

		assertThat(get(reading.result())).isEqualTo(-1);
		client.close();
		assertThat(next(opened).closeReason()).contains(CloseReason.OPERATOR);
	}

	@Test
	void whenThreadIsInterruptedThenReadClosesSocket() throws Exception {
		Ends ends = connected();
		InputStream in = ends.client().getInputStream();
		Blocked<Boolean> reading = blocked(() -> {
			assertThatExceptionOfType(SocketException.class).isThrownBy(in::read);
			return Thread.interrupted();
		}, "read");

		reading.thread().interrupt();

		assertThat(get(reading.result())).isTrue();
		assertThat(ends.client().isClosed()).isTrue();
		assertThat(ends.server().getInputStream().read()).isEqualTo(-1);
	}

	@Test
	void whenPeerHasLeftThenWriteFailsAndItsWordsCanBeRead() throws Exception {
		Ends ends = connected();
		send(ends.server(), "last words");
		ends.server().close();

		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> {
			while (true) {
				ends.client().getOutputStream().write(new byte[1024]);
			}
		});

		assertThat(receive(ends.client(), 10)).isEqualTo("last words");
		assertThat(ends.client().getInputStream().read()).isEqualTo(-1);
	}

	@Test
	void whenOptionsOfTcpAreSetThenTheyAreKept() throws Exception {
		Ends ends = connected();
		Socket socket = ends.client();

		socket.setTcpNoDelay(false);
		socket.setKeepAlive(true);
		socket.setSoLinger(true, 3);
		socket.setSendBufferSize(1234);
		socket.setReceiveBufferSize(4321);
		socket.setTrafficClass(8);
		socket.setReuseAddress(true);
		socket.setOOBInline(true);

		assertThat(socket.getTcpNoDelay()).isFalse();
		assertThat(socket.getKeepAlive()).isTrue();
		assertThat(socket.getSoLinger()).isEqualTo(3);
		assertThat(socket.getSendBufferSize()).isEqualTo(1234);
		assertThat(socket.getReceiveBufferSize()).isEqualTo(4321);
		assertThat(socket.getTrafficClass()).isEqualTo(8);
		assertThat(socket.getReuseAddress()).isTrue();
		assertThat(socket.getOOBInline()).isTrue();
		assertThat(ends.server().getSoLinger()).isEqualTo(-1);
		assertThat(ends.server().getOption(StandardSocketOptions.SO_LINGER)).isEqualTo(-1);
		assertThat(socket.getOption(StandardSocketOptions.SO_LINGER)).isEqualTo(3);
		socket.setOption(StandardSocketOptions.SO_SNDBUF, 77);
		assertThat(socket.getSendBufferSize()).isEqualTo(77);
		assertThat(socket.supportedOptions()).contains(StandardSocketOptions.TCP_NODELAY);
		OptionOfJdk other = new OptionOfJdk();
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> socket.getOption(other));
		socket.setOption(other, 5);
		assertThat(socket.getOption(other)).isEqualTo(5);
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> socket.sendUrgentData(1));
	}

	@Test
	void whenAcceptTimesOutThenNoClientIsLost() throws Exception {
		ServerSocket listening = listening();
		listening.setSoTimeout(20);

		for (int i = 0; i < 3; i++) {
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(listening::accept);
		}
		Socket client = closing(sockets().createSocket("localhost", 1));
		listening.setSoTimeout(0);
		Socket server = closing(listening.accept());

		send(client, "ping");
		assertThat(receive(server, 4)).isEqualTo("ping");
	}

	@Test
	void whenNobodyAcceptsThenClientsWait() throws Exception {
		ServerSocket listening = listening();

		for (String text : new String[] { "a", "b", "c" }) {
			send(closing(sockets().createSocket("localhost", 1)), text);
		}

		StringBuilder received = new StringBuilder();
		for (int i = 0; i < 3; i++) {
			received.append(receive(closing(listening.accept()), 1));
		}
		assertThat(received.toString().chars().sorted().toArray()).containsExactly('a', 'b', 'c');
	}

	@Test
	void whenClientIsClosedBeforeItIsAcceptedThenNextIs() throws Exception {
		BlockingQueue<PipeConnection> opened = new LinkedBlockingQueue<>();
		ServerSocket listening = closing(
				new NamedPipeServerSocketFactory(() -> this.transport.server(this.pipeName).listener(listener(opened)))
					.createServerSocket(4711));
		closing(sockets().createSocket("localhost", 1));
		PipeConnection ahead = next(opened);
		Socket client = closing(sockets().createSocket("localhost", 1));
		next(opened);

		ahead.close(CloseReason.IDLE);

		listening.setSoTimeout((int) SOON.toMillis());
		Socket server = closing(listening.accept());
		send(client, "ping");
		assertThat(receive(server, 4)).isEqualTo("ping");
	}

	private static PipeListener listener(BlockingQueue<PipeConnection> opened) {
		return new PipeListener() {

			@Override
			public void opened(PipeConnection connection) {
				opened.add(connection);
			}

		};
	}

	private static PipeConnection next(BlockingQueue<PipeConnection> opened) throws InterruptedException {
		return Objects.requireNonNull(opened.poll(SOON.toSeconds(), TimeUnit.SECONDS), "nobody connected");
	}

	@Test
	void whenServerSocketIsClosedThenAcceptEndsAndSocketsStay() throws Exception {
		ServerSocket listening = listening();
		Socket client = closing(sockets().createSocket("localhost", 1));
		Socket server = closing(listening.accept());
		Blocked<?> accepting = blocked(listening::accept, "accept");

		listening.close();

		assertEndsWithSocketException(accepting);
		send(client, "ping");
		assertThat(receive(server, 4)).isEqualTo("ping");
		assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> sockets().createSocket("localhost", 1));
		assertThatExceptionOfType(SocketException.class).isThrownBy(listening::accept);
		assertThat(listening.isClosed()).isTrue();
		if (this.transport.transport().supports(Capability.FILE_SYSTEM_NAME)) {
			// a pipe of Windows has its name until the last of its instances is closed
			listening();
		}
	}

	@Test
	void whenClientWaitsAndServerSocketIsClosedThenClientReadsEnd() throws Exception {
		ServerSocket listening = listening();
		Socket client = closing(sockets().createSocket("localhost", 1));

		listening.close();

		assertThat(client.getInputStream().read()).isEqualTo(-1);
	}

	@Test
	void whenAcceptingThreadIsInterruptedThenServerSocketCloses() throws Exception {
		ServerSocket listening = listening();
		Blocked<Boolean> accepting = blocked(() -> {
			assertThatExceptionOfType(SocketException.class).isThrownBy(listening::accept);
			return Thread.interrupted();
		}, "accept");

		accepting.thread().interrupt();

		assertThat(get(accepting.result())).isTrue();
		assertThat(listening.isClosed()).isTrue();
	}

	@Test
	void whenNameIsTakenThenBindFails() throws Exception {
		listening();
		ServerSocket second = closing(serverSockets().createServerSocket());

		assertThatExceptionOfType(BindException.class)
			.isThrownBy(() -> second.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));

		assertThat(second.isBound()).isFalse();
		assertThatExceptionOfType(SocketException.class).isThrownBy(second::accept);
		assertThatExceptionOfType(BindException.class).isThrownBy(() -> serverSockets().createServerSocket(0, 5));
	}

	@Test
	void whenTlsIsLayeredThenBothSidesTalkAndTimeOut() throws Exception {
		SSLContext context = tls();
		ServerSocket listening = listening();
		Future<SSLSocket> serving = async(() -> {
			Socket accepted = closing(listening.accept());
			SSLSocket server = (SSLSocket) context.getSocketFactory().createSocket(accepted, null, 4711, true);
			server.setUseClientMode(false);
			server.startHandshake();
			return server;
		});
		Socket plain = closing(sockets().createSocket("localhost", 4711));

		SSLSocket client = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", 4711, true);
		client.startHandshake();
		SSLSocket server = get(serving);

		client.setSoTimeout(20);
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> client.getInputStream().read());
		send(client, "ping");
		assertThat(receive(server, 4)).isEqualTo("ping");
		byte[] much = random(300_000);
		Future<?> sending = async(() -> {
			server.getOutputStream().write(much);
			return null;
		});
		client.setSoTimeout(0);
		assertThat(client.getInputStream().readNBytes(much.length)).isEqualTo(much);
		get(sending);
		assertThat(client.getSession().getPeerPrincipal().getName()).isEqualTo("CN=localhost");
		client.close();
		assertThat(plain.isClosed()).isTrue();
		assertThat(server.getInputStream().read()).isEqualTo(-1);
		server.close();
	}

	private static SSLContext tls() throws Exception {
		char[] password = "namedpipe".toCharArray();
		KeyStore store = KeyStore.getInstance("PKCS12");
		try (InputStream in = Objects.requireNonNull(SocketBehaviourTests.class.getResourceAsStream("localhost.p12"))) {
			store.load(in, password);
		}
		KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		keys.init(store, password);
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(store);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
		return context;
	}

	/**
	 * As those of the module jdk.net, which a runtime may lack.
	 */
	private static final class OptionOfJdk implements SocketOption<Integer> {

		@Override
		public String name() {
			return "TCP_KEEPIDLE";
		}

		@Override
		public Class<Integer> type() {
			return Integer.class;
		}

	}

	private record Ends(Socket client, Socket server) {
	}

	private record Blocked<T>(Thread thread, Future<T> result) {
	}

}
