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

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import io.namedpipe.testsupport.NotUnderWine;
import io.namedpipe.testsupport.PipeFixture;
import io.namedpipe.testsupport.WineLimit;
import io.namedpipe.transport.GrantedAccess;
import io.namedpipe.transport.ListenOptions;
import io.namedpipe.transport.PendingInput;
import io.namedpipe.transport.Transport;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.TransportListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * What the transport promises beyond the suite that all transports share. Numbers are of
 * the behaviours that pipes on Windows are known for.
 */
@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
class WindowsTransportTests extends PipeFixture {

	private static final String NAME = "transport-tests";

	private final Transport transport = new WindowsTransport();

	private TransportListener listen(Options options) throws TransportException {
		TransportListener listener = closing(this.transport.listen(options.listen()));
		return listener;
	}

	private TransportChannel connect(Options options) throws TransportException {
		TransportChannel channel = closing(this.transport.connect(options.connect()));
		return channel;
	}

	private TransportChannel accept(TransportListener listener) throws TransportException {
		TransportChannel channel = closing(listener.accept());
		return channel;
	}

	private static void write(TransportChannel channel, ByteBuffer data) throws IOException {
		channel.write(new ByteBuffer[] { data }, 0, 1);
	}

	private static String read(TransportChannel channel) throws IOException {
		ByteBuffer target = ByteBuffer.allocate(100_000);
		int count = channel.read(target);
		return (count < 0) ? null : new String(target.array(), 0, count, StandardCharsets.UTF_8);
	}

	private static void assertFails(Reason reason, ThrowingCallable call) {
		assertThatExceptionOfType(TransportException.class).isThrownBy(call)
			.extracting(TransportException::getReason)
			.isEqualTo(reason);
	}

	// 18
	@Test
	void clientThatComesBeforeAcceptIsConnectedWithWhatItWrote() throws Exception {
		TransportListener listener = listen(Options.of(NAME));
		write(connect(Options.of(NAME)), bytes("early"));

		assertThat(read(accept(listener))).isEqualTo("early");
	}

	// 24: ERROR_NO_DATA
	@Test
	void clientThatIsGoneBeforeAcceptLeavesWhatItWrote() throws Exception {
		TransportListener listener = listen(Options.of(NAME));
		TransportChannel client = connect(Options.of(NAME));
		write(client, bytes("last words"));
		client.close();

		TransportChannel server = accept(listener);

		assertThat(read(server)).isEqualTo("last words");
		assertThat(read(server)).isNull();
	}

	// 17
	@Test
	void whenAllInstancesAreBusyThenTheClientIsToldAndWaits() throws Exception {
		TransportListener listener = listen(Options.of(NAME).maxInstances(1));
		TransportChannel first = connect(Options.of(NAME));
		TransportChannel server = accept(listener);

		assertFails(Reason.BUSY, () -> connect(Options.of(NAME)));
		long start = System.nanoTime();
		this.transport.awaitServer(Options.of(NAME).connect(), Reason.BUSY, Duration.ofMillis(50));
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(40));

		first.close();
		assertThat(read(server)).isNull();
		server.close();
		Future<TransportChannel> next = async(() -> accept(listener));
		await().atMost(SOON).ignoreExceptions().until(() -> connect(Options.of(NAME)) != null);
		assertThat(get(next)).isNotNull();
	}

	// 25
	@Test
	void whenAcceptReturnsThenTheNextClientCanConnectAtOnce() throws Exception {
		TransportListener listener = listen(Options.of(NAME).pendingInstances(1));
		for (int i = 0; i < 20; i++) {
			connect(Options.of(NAME));
			accept(listener);
		}
		assertThat(connect(Options.of(NAME))).isNotNull();
	}

	@Test
	void asManyClientsAsInstancesArePendingConnectWithoutAccept() throws Exception {
		listen(Options.of(NAME).pendingInstances(3));
		for (int i = 0; i < 3; i++) {
			connect(Options.of(NAME));
		}
		assertFails(Reason.BUSY, () -> connect(Options.of(NAME)));
	}

	@Test
	void thereAreNeverMoreInstancesThanTheMaximum() throws Exception {
		TransportListener listener = listen(Options.of(NAME).maxInstances(3).pendingInstances(2));
		for (int i = 0; i < 3; i++) {
			connect(Options.of(NAME));
			accept(listener);
		}
		assertFails(Reason.BUSY, () -> connect(Options.of(NAME)));
	}

	@Test
	void maximumAboveWhatTheKernelKnowsIsKept() throws Exception {
		int maximum = 257;
		TransportListener listener = listen(Options.of(NAME).maxInstances(maximum).pendingInstances(60));
		for (int i = 0; i < maximum; i++) {
			connect(Options.of(NAME));
			accept(listener);
		}
		assertFails(Reason.BUSY, () -> connect(Options.of(NAME)));
	}

	@Test
	void instanceIsUsedAgainForTheNextClient() throws Exception {
		TransportListener listener = listen(Options.of(NAME).maxInstances(1));
		for (int i = 0; i < 50; i++) {
			Future<TransportChannel> accepting = async(() -> accept(listener));
			TransportChannel client = connectPatiently(Options.of(NAME));
			TransportChannel server = get(accepting);
			write(client, bytes("client " + i));
			assertThat(read(server)).isEqualTo("client " + i);
			client.close();
			assertThat(read(server)).isNull();
			server.close();
		}
	}

	private TransportChannel connectPatiently(Options options) throws Exception {
		long deadline = System.nanoTime() + SOON.toNanos();
		while (true) {
			try {
				return connect(options);
			}
			catch (TransportException ex) {
				assertThat(ex.getReason()).isEqualTo(Reason.BUSY);
				assertThat(deadline - System.nanoTime()).as("time left").isPositive();
				this.transport.awaitServer(options.connect(), Reason.BUSY, Duration.ofMillis(50));
			}
		}
	}

	// 28
	@Test
	void slowReaderHoldsNobodyUpAndStillReadsTheRest() throws Exception {
		TransportListener listener = listen(Options.of(NAME).maxInstances(1));
		TransportChannel slow = connect(Options.of(NAME));
		TransportChannel server = accept(listener);
		write(server, bytes("the rest"));
		assertFails(Reason.BUSY, () -> connect(Options.of(NAME)));

		server.close();

		TransportChannel next = connect(Options.of(NAME));
		assertThat(accept(listener)).isNotNull();
		assertThat(next).isNotNull();
		assertThat(read(slow)).isEqualTo("the rest");
		assertThat(read(slow)).isNull();
	}

	@Test
	void nameIsFreeWhenCloseReturnsAlthoughAClientDoesNotRead() throws Exception {
		for (int i = 0; i < 5; i++) {
			TransportListener listener = listen(Options.of(NAME).maxInstances(1));
			TransportChannel deaf = connect(Options.of(NAME));
			TransportChannel server = accept(listener);
			write(server, bytes("never read"));
			server.close();
			listener.close();
			deaf.close();
		}
	}

	@Test
	void nameThatIsTakenAMomentLongerIsWaitedFor() throws Exception {
		Throwable failure;
		boolean late;
		int tries = 0;
		do {
			long other = Kernel32.CreateNamedPipeW(WideString.encode("\\\\.\\pipe\\" + NAME), 3, 0, 1, 512, 512, 0, 0);
			long begin = System.nanoTime();
			Future<TransportListener> listening = async(() -> listen(Options.of(NAME)));
			assertThat(catchThrowable(() -> listening.get(20, TimeUnit.MILLISECONDS))).isNotNull();

			Kernel32.CloseHandle(other);

			// it waits for half a second
			late = System.nanoTime() - begin > TimeUnit.MILLISECONDS.toNanos(400);
			failure = catchThrowable(() -> get(listening));
			tries++;
		}
		while (failure != null && late && tries < 5);
		assertThat(failure).isNull();
	}

	@Test
	void nameThatIsTakenForLongIsInUse() {
		long other = Kernel32.CreateNamedPipeW(WideString.encode("\\\\.\\pipe\\" + NAME), 3, 0, 1, 512, 512, 0, 0);
		assertFails(Reason.NAME_IN_USE, () -> listen(Options.of(NAME)));
		Kernel32.CloseHandle(other);
	}

	@Test
	void clientThatWaitsInAnInstanceSeesACloseWhenTheListenerCloses() throws Exception {
		TransportListener listener = listen(Options.of(NAME));
		TransportChannel client = connect(Options.of(NAME));

		listener.close();

		assertThat(read(client)).isNull();
	}

	@Test
	void acceptAfterCloseSaysClosed() throws Exception {
		TransportListener listener = listen(Options.of(NAME));
		listener.close();
		listener.close();
		assertFails(Reason.CLOSED, listener::accept);
	}

	// Windows cancels what a thread has begun when it ends
	@Test
	void clientThatComesWhenTheThreadThatWaitedHasEndedIsAccepted() throws Exception {
		TransportListener listener = listen(Options.of(NAME));
		acceptUntilInterrupted(listener);
		write(connect(Options.of(NAME)), bytes("early"));

		assertThat(read(accept(listener))).isEqualTo("early");
	}

	@Test
	void nobodyIsAcceptedBecauseTheThreadThatWaitedHasEnded() throws Exception {
		TransportListener listener = listen(Options.of(NAME));
		acceptUntilInterrupted(listener);

		Future<TransportChannel> accepting = async(() -> accept(listener));

		assertThat(catchThrowable(() -> accepting.get(200, TimeUnit.MILLISECONDS))).isNotNull();
		write(connect(Options.of(NAME)), bytes("late"));
		assertThat(read(get(accepting))).isEqualTo("late");
	}

	private void acceptUntilInterrupted(TransportListener listener) throws InterruptedException {
		CountDownLatch begun = new CountDownLatch(1);
		Thread thread = new Thread(() -> {
			begun.countDown();
			assertFails(Reason.IO, listener::accept);
		});
		thread.start();
		begun.await();
		thread.interrupt();
		thread.join();
	}

	@Test
	void missingPipeIsToldFromABusyOne() {
		assertFails(Reason.NO_SERVER, () -> connect(Options.of("no-such-pipe")));
	}

	// 21
	@Test
	@NotUnderWine(WineLimit.DIRECTION_OF_GENERIC_RIGHTS_ONLY)
	void clientOfTheWrongDirectionIsDenied() throws Exception {
		listen(Options.of(NAME).readOnly());
		assertFails(Reason.ACCESS_DENIED, () -> connect(Options.of(NAME).readOnly()));
		assertThat(connect(Options.of(NAME).writeOnly())).isNotNull();
	}

	@Test
	@NotUnderWine(WineLimit.DIRECTION_OF_GENERIC_RIGHTS_ONLY)
	void clientForBothDirectionsTakesTheOneThatThereIs() throws Exception {
		TransportListener listener = listen(Options.of(NAME).readOnly().pendingInstances(4));
		TransportChannel client = connect(Options.of(NAME));
		assertThat(client.granted()).isEqualTo(new GrantedAccess(true, false));
		write(client, bytes("one way"));
		assertThat(read(accept(listener))).isEqualTo("one way");

		TransportListener out = listen(Options.of(NAME + "-out").message().writeOnly());
		TransportChannel reader = connect(Options.of(NAME + "-out").message());
		accept(out).writeMessage(bytes("the other way"));
		assertThat(reader.granted()).isEqualTo(new GrantedAccess(false, true));
		assertThat(reader.readMessage(100)).isEqualTo("the other way".getBytes());
	}

	@Test
	void nameMayHaveABackslash() throws Exception {
		TransportListener listener = listen(Options.of("sql\\" + NAME));
		write(connect(Options.of("SQL\\" + NAME)), bytes("query"));
		assertThat(read(accept(listener))).isEqualTo("query");
	}

	@Test
	void modesMustMatch() throws Exception {
		listen(Options.of("byte-mode"));
		listen(Options.of("message-mode").message());
		assertFails(Reason.MODE_MISMATCH, () -> connect(Options.of("byte-mode").message()));
		assertThat(connect(Options.of("message-mode").message())).isNotNull();
	}

	@Test
	void clientForBytesUsesAPipeOfMessages() throws Exception {
		TransportListener listener = listen(Options.of(NAME).message());
		TransportChannel client = connect(Options.of(NAME));
		TransportChannel server = accept(listener);

		server.writeMessage(bytes("one"));
		server.writeMessage(ByteBuffer.allocate(30_000));
		write(client, bytes("two"));

		ByteBuffer target = ByteBuffer.allocate(30_003);
		while (target.hasRemaining()) {
			assertThat(client.read(target)).isPositive();
		}
		assertThat(new String(target.array(), 0, 3, StandardCharsets.UTF_8)).isEqualTo("one");
		assertThat(server.readMessage(100)).isEqualTo("two".getBytes());
	}

	@Test
	void messageOfNoBytesEndsAStreamOfMessages() throws Exception {
		TransportListener listener = listen(Options.of(NAME).message());
		TransportChannel client = connect(Options.of(NAME));
		TransportChannel server = accept(listener);
		server.writeMessage(bytes("all"));
		server.writeMessage(ByteBuffer.allocate(0));

		assertThat(read(client)).isEqualTo("all");
		assertThat(read(client)).isNull();
		assertThat(read(client)).isNull();

		write(client, bytes("thanks"));
		client.endOutput();
		client.endOutput();
		assertThat(server.readMessage(100)).isEqualTo("thanks".getBytes());
		assertThat(server.readMessage(100)).isEmpty();
		assertFails(Reason.CLOSED, () -> write(client, bytes("more")));
	}

	@Test
	void emptyMessageThatHasComeIsNotQuiet() throws Exception {
		TransportListener listener = listen(Options.of(NAME).message());
		TransportChannel client = connect(Options.of(NAME).message());
		TransportChannel server = accept(listener);
		assertThat(client.pendingInput()).isEqualTo(PendingInput.NOTHING);
		server.writeMessage(bytes("x"));
		assertThat(client.pendingInput()).isEqualTo(PendingInput.DATA);
		assertThat(client.readMessage(10)).isEqualTo("x".getBytes());
		assertThat(client.pendingInput()).isEqualTo(PendingInput.NOTHING);

		server.writeMessage(ByteBuffer.allocate(0));

		assertThat(client.pendingInput()).isEqualTo(PendingInput.DATA);
		server.writeMessage(bytes("next"));
		assertThat(client.readMessage(10)).isEqualTo("next".getBytes());
	}

	@Test
	void serverThatOnlyWritesIsToldThatItsClientHasLeft() throws Exception {
		TransportListener listener = listen(Options.of(NAME).writeOnly());
		TransportChannel client = connect(Options.of(NAME).readOnly());
		TransportChannel server = accept(listener);
		assertThat(server.hasPeerLeft()).isFalse();
		assertThat(server.pendingInput()).isEqualTo(PendingInput.NOTHING);
		write(server, bytes("unread"));

		client.close();

		assertThat(server.hasPeerLeft()).isTrue();
		assertThat(server.pendingInput()).isEqualTo(PendingInput.END);
	}

	@Test
	void clientThatOnlyWritesIsToldThatItsServerHasLeft() throws Exception {
		TransportListener listener = listen(Options.of(NAME).readOnly());
		TransportChannel client = connect(Options.of(NAME).writeOnly());
		TransportChannel server = accept(listener);
		write(client, bytes("unread"));
		assertThat(client.hasPeerLeft()).isFalse();
		assertThat(client.pendingInput()).isEqualTo(PendingInput.NOTHING);

		server.close();

		assertThat(client.hasPeerLeft()).isTrue();
		assertThat(client.pendingInput()).isEqualTo(PendingInput.END);
	}

	@Test
	void clientIsNotLostWhereThereIsNoMemoryForTheNextInstance() throws Exception {
		boolean[] lacking = new boolean[1];
		NativeSecurityDescriptor security = NativeSecurityDescriptor.parse("D:(A;;GA;;;WD)", Tokens.currentUser());
		ListenOptions options = Options.of(NAME).pendingInstances(1).maxInstances(2).listen();
		TransportListener listener = closing(
				WindowsListener.open(new InstanceFactory("\\\\.\\pipe\\" + NAME, options, security) {

					@Override
					PipeInstance create() throws TransportException {
						if (lacking[0]) {
							throw new OutOfMemoryError("no more");
						}
						return super.create();
					}

				}, options, List.of()));
		TransportChannel client = connect(Options.of(NAME));
		lacking[0] = true;

		assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(listener::accept);

		assertThat(read(client)).isNull();
		lacking[0] = false;
		Future<TransportChannel> accepting = async(() -> accept(listener));
		connectPatiently(Options.of(NAME));
		connectPatiently(Options.of(NAME));
		assertThat(get(accepting)).isNotNull();
		assertThat(accept(listener)).isNotNull();
	}

	@Test
	void theLastHandleIsKeptWhileNoInstanceCanBeCreated() throws Exception {
		boolean[] lacking = new boolean[1];
		NativeSecurityDescriptor security = NativeSecurityDescriptor.parse("D:(A;;GA;;;WD)", Tokens.currentUser());
		ListenOptions options = Options.of(NAME).listen();
		TransportListener listener = closing(
				WindowsListener.open(new InstanceFactory("\\\\.\\pipe\\" + NAME, options, security) {

					@Override
					PipeInstance create() throws TransportException {
						if (lacking[0]) {
							throw new TransportException(Reason.RESOURCE_LIMIT, "no more");
						}
						return super.create();
					}

				}, options, List.of()));
		lacking[0] = true;
		for (int i = 0; i < 2; i++) {
			TransportChannel client = connect(Options.of(NAME));
			TransportChannel server = accept(listener);
			client.close();
			server.close();
		}

		assertFails(Reason.RESOURCE_LIMIT, listener::accept);
		assertFails(Reason.NAME_IN_USE, () -> this.transport.listen(Options.of(NAME).listen()));

		lacking[0] = false;
		Future<TransportChannel> accepting = async(() -> accept(listener));
		connectPatiently(Options.of(NAME));
		assertThat(get(accepting)).isNotNull();
	}

	@Test
	void clientThatOnlyReadsGetsMessages() throws Exception {
		TransportListener listener = listen(Options.of(NAME).message().writeOnly());
		TransportChannel client = connect(Options.of(NAME).message().readOnly());
		TransportChannel server = accept(listener);
		server.writeMessage(bytes("one"));
		server.writeMessage(bytes("two"));

		assertThat(client.readMessage(100)).isEqualTo("one".getBytes());
		assertThat(client.readMessage(100)).isEqualTo("two".getBytes());
	}

	@Test
	void clientAsksForTheRightsThatItNeedsAndNoOthers() {
		GrantedAccess read = new GrantedAccess(true, false);
		GrantedAccess write = new GrantedAccess(false, true);
		assertThat(WindowsTransport.access(Options.of(NAME).connect(), GrantedAccess.FULL)).isEqualTo(0x3);
		assertThat(WindowsTransport.access(Options.of(NAME).connect(), read)).isEqualTo(0x1);
		assertThat(WindowsTransport.access(Options.of(NAME).message().connect(), read)).isEqualTo(0x101);
		assertThat(WindowsTransport.access(Options.of(NAME).message().connect(), write)).isEqualTo(0x2);
		assertThat(WindowsTransport.access(Options.of(NAME).verifyServerUser("x").connect(), GrantedAccess.FULL))
			.isEqualTo(0x20003);
	}

	// 37, 38, 39
	@Test
	void messagesKeepTheirBoundaries() throws Exception {
		TransportListener listener = listen(Options.of(NAME).message());
		TransportChannel client = connect(Options.of(NAME).message());
		TransportChannel server = accept(listener);
		int[] sizes = { 4, 2, 0, 4, 4095, 4096, 4097, 65535, 65536, 65537, 1 << 20, 0, 1 };
		Future<?> writing = async(() -> {
			for (int size : sizes) {
				client.writeMessage(ByteBuffer.wrap(random(size)));
			}
			client.close();
			return null;
		});

		for (int size : sizes) {
			assertThat(Arrays.equals(server.readMessage(1 << 20), random(size))).as("message of " + size).isTrue();
		}
		assertThat(server.readMessage(1 << 20)).isNull();
		get(writing);
	}

	private static byte[] random(int size) {
		byte[] bytes = new byte[size];
		new Random(size).nextBytes(bytes);
		return bytes;
	}

	@Test
	void tooLargeAMessageIsRefusedAndTheNextOneIsWhole() throws Exception {
		TransportListener listener = listen(Options.of(NAME).message());
		TransportChannel client = connect(Options.of(NAME).message());
		TransportChannel server = accept(listener);
		for (int size : new int[] { 101, 5_000, 300_000 }) {
			Future<?> writing = async(() -> {
				client.writeMessage(ByteBuffer.allocate(size));
				client.writeMessage(bytes("next"));
				return null;
			});
			assertThatExceptionOfType(TransportException.class).isThrownBy(() -> server.readMessage(100))
				.withMessageContaining(String.valueOf(size))
				.withMessageContaining("100")
				.extracting(TransportException::getReason)
				.isEqualTo(Reason.MESSAGE_TOO_LARGE);
			assertThat(server.readMessage(100)).isEqualTo("next".getBytes());
			get(writing);
		}
	}

	// 40
	@Test
	void tooLargeAMessageIsNotSent() throws Exception {
		TransportListener listener = listen(Options.of(NAME).message());
		TransportChannel client = connect(Options.of(NAME).message().maxMessageSize(10));
		TransportChannel server = accept(listener);

		assertFails(Reason.MESSAGE_TOO_LARGE, () -> client.writeMessage(ByteBuffer.allocate(11)));

		client.writeMessage(ByteBuffer.allocate(10));
		assertThat(server.readMessage(100)).hasSize(10);
	}

	@Test
	@NotUnderWine(WineLimit.EMPTY_WRITES_ARE_DROPPED)
	void writeOfNothingByAPeerIsNoEndOfStream() throws Exception {
		TransportListener listener = listen(Options.of(NAME));
		long client = Kernel32.CreateFileW(WideString.encode("\\\\.\\pipe\\" + NAME), Kernel32.GENERIC_WRITE, 0, 0,
				Kernel32.OPEN_EXISTING, 0, 0);
		TransportChannel server = accept(listener);
		Future<String> reading = async(() -> read(server));

		Kernel32.WriteFile(client, 0, 0, 0, 0);
		byte[] text = "something".getBytes();
		try (Memory memory = new Memory(64)) {
			memory.write(0, text, 0, text.length);
			long address = Pointer.nativeValue(memory);
			Kernel32.WriteFile(client, address, text.length, address + 60, 0);
		}

		assertThat(get(reading)).isEqualTo("something");
		Kernel32.CloseHandle(client);
	}

	@Test
	void readingAndWritingGoOnAtTheSameTime() throws Exception {
		TransportListener listener = listen(Options.of(NAME));
		TransportChannel client = connect(Options.of(NAME));
		TransportChannel server = accept(listener);
		Future<String> blocked = async(() -> read(server));
		assertThat(catchThrowable(() -> blocked.get(100, TimeUnit.MILLISECONDS))).isNotNull();

		write(server, bytes("from the server"));

		assertThat(read(client)).isEqualTo("from the server");
		write(client, bytes("from the client"));
		assertThat(get(blocked)).isEqualTo("from the client");
	}

	@Test
	void closeEndsABlockedReadAndABlockedWrite() throws Exception {
		TransportListener listener = listen(Options.of(NAME));
		connect(Options.of(NAME));
		TransportChannel server = accept(listener);
		Future<String> reading = async(() -> read(server));
		Future<?> writing = async(() -> {
			write(server, ByteBuffer.allocate(1 << 20));
			return null;
		});
		assertThat(catchThrowable(() -> reading.get(100, TimeUnit.MILLISECONDS))).isNotNull();
		assertThat(catchThrowable(() -> writing.get(100, TimeUnit.MILLISECONDS))).isNotNull();

		server.close();

		for (Future<?> call : List.of(reading, writing)) {
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(call))
				.withCauseInstanceOf(TransportException.class)
				.extracting((ex) -> ((TransportException) ex.getCause()).getReason())
				.isEqualTo(Reason.CLOSED);
		}
		assertFails(Reason.CLOSED, () -> read(server));
		assertFails(Reason.CLOSED, () -> write(server, bytes("x")));
	}

	@Test
	void interruptEndsABlockedReadAndABlockedWrite() throws Exception {
		TransportListener listener = listen(Options.of(NAME));
		connect(Options.of(NAME));
		TransportChannel server = accept(listener);
		Thread[] threads = new Thread[2];
		Future<String> reading = async(() -> {
			threads[0] = Thread.currentThread();
			return read(server);
		});
		Future<?> writing = async(() -> {
			threads[1] = Thread.currentThread();
			write(server, ByteBuffer.allocate(1 << 20));
			return null;
		});
		assertThat(catchThrowable(() -> reading.get(100, TimeUnit.MILLISECONDS))).isNotNull();
		assertThat(catchThrowable(() -> writing.get(100, TimeUnit.MILLISECONDS))).isNotNull();

		threads[0].interrupt();
		threads[1].interrupt();

		for (Future<?> call : List.of(reading, writing)) {
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(call))
				.withCauseInstanceOf(TransportException.class)
				.withMessageContaining("interrupted");
		}
	}

	@Test
	void endOfInputLeavesTheOutput() throws Exception {
		TransportListener listener = listen(Options.of(NAME));
		TransportChannel client = connect(Options.of(NAME));
		TransportChannel server = accept(listener);
		Future<String> reading = async(() -> read(server));
		assertThat(catchThrowable(() -> reading.get(100, TimeUnit.MILLISECONDS))).isNotNull();

		server.endInput();

		assertThat(get(reading)).isNull();
		assertThat(read(server)).isNull();
		write(server, bytes("still"));
		assertThat(read(client)).isEqualTo("still");
		assertFails(Reason.UNSUPPORTED, server::endOutput);
	}

	@Test
	void writeToAPeerThatHasLeftSaysSo() throws Exception {
		TransportListener listener = listen(Options.of(NAME));
		TransportChannel client = connect(Options.of(NAME));
		TransportChannel server = accept(listener);
		client.close();
		assertFails(Reason.PEER_GONE, () -> write(server, bytes("x")));
	}

	@Test
	void drainWaitsForThePeerAndNoLongerThanAsked() throws Exception {
		TransportListener listener = listen(Options.of(NAME));
		TransportChannel client = connect(Options.of(NAME));
		TransportChannel server = accept(listener);
		assertThat(server.drain(Duration.ofSeconds(30))).as("nothing written").isTrue();
		write(server, bytes("unread"));

		assertThat(server.drain(Duration.ofMillis(100))).isFalse();

		Future<Boolean> draining = async(() -> server.drain(Duration.ofSeconds(30)));
		assertThat(read(client)).isEqualTo("unread");
		assertThat(get(draining)).isTrue();
	}

	@Test
	void drainDoesNotDisturbAPendingRead() throws Exception {
		TransportListener listener = listen(Options.of(NAME));
		TransportChannel client = connect(Options.of(NAME));
		TransportChannel server = accept(listener);
		Future<String> reading = async(() -> read(server));
		write(server, bytes("unread"));

		assertThat(server.drain(Duration.ofMillis(100))).isFalse();

		write(client, bytes("question"));
		assertThat(get(reading)).isEqualTo("question");
	}

	@Test
	void closeEndsADrain() throws Exception {
		TransportListener listener = listen(Options.of(NAME));
		connect(Options.of(NAME));
		TransportChannel server = accept(listener);
		write(server, bytes("unread"));
		Future<Boolean> draining = async(() -> server.drain(Duration.ofMinutes(5)));
		assertThat(catchThrowable(() -> draining.get(100, TimeUnit.MILLISECONDS))).isNotNull();

		server.close();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(draining))
			.withCauseInstanceOf(TransportException.class);
	}

	@Test
	void drainToAPeerThatLeavesSaysSo() throws Exception {
		TransportListener listener = listen(Options.of(NAME));
		TransportChannel client = connect(Options.of(NAME));
		TransportChannel server = accept(listener);
		write(server, bytes("unread"));
		Future<Boolean> draining = async(() -> server.drain(Duration.ofMinutes(5)));
		awaitCall((call) -> call.getMethodName().equals("FlushFileBuffers"));
		assertThat(catchThrowable(() -> draining.get(100, TimeUnit.MILLISECONDS))).isNotNull();

		client.close();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(draining))
			.withCauseInstanceOf(TransportException.class);
	}

	@Test
	void smallAndLargeReadsAlternate() throws Exception {
		TransportListener listener = listen(Options.of(NAME));
		TransportChannel client = connect(Options.of(NAME));
		TransportChannel server = accept(listener);
		Random random = new Random(1);
		byte[] data = random(3_000_000);
		Future<?> writing = async(() -> {
			for (int start = 0; start < data.length;) {
				int length = Math.min(1 + random.nextInt(random.nextBoolean() ? 100 : 200_000), data.length - start);
				write(client, ByteBuffer.wrap(data, start, length));
				start += length;
			}
			return null;
		});
		ByteBuffer all = ByteBuffer.allocate(data.length);
		while (all.hasRemaining()) {
			assertThat(server.read(all)).isPositive();
		}

		assertThat(Arrays.equals(all.array(), data)).isTrue();
		get(writing);
	}

	@Test
	void readThatWaitsWithALargeBufferGoesOnWithASmallOne() throws Exception {
		TransportListener listener = listen(Options.of(NAME));
		TransportChannel client = connect(Options.of(NAME));
		TransportChannel server = accept(listener);
		Future<?> writing = async(() -> {
			write(client, ByteBuffer.allocate(300_000));
			return null;
		});
		for (int left = 300_000; left > 0;) {
			left -= read(server).length();
		}
		get(writing);
		assertThat(((WindowsChannel) server).inputBufferSize()).isEqualTo(NativeBuffer.LARGE);

		Future<String> reading = async(() -> read(server));
		await().atMost(SOON).until(() -> ((WindowsChannel) server).inputBufferSize() == NativeBuffer.SMALL);
		write(client, bytes("after a while"));

		assertThat(get(reading)).isEqualTo("after a while");
	}

}
