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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.integration.dsl.IntegrationFlow;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeServer;
import io.namedpipe.TransmissionMode;
import io.namedpipe.integration.NamedPipe;
import io.namedpipe.integration.NamedPipeClient;
import io.namedpipe.integration.NamedPipeServer;
import io.namedpipe.testsupport.Descriptors;
import io.namedpipe.testsupport.JavaProcess;
import io.namedpipe.testsupport.RequiresRoot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Applications that are restarted, stopped for a checkpoint and shut down.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class ApplicationLifecycleTests {

	private static final Duration SOON = Duration.ofSeconds(30);

	@TempDir
	private Path directory;

	@Test
	void whenApplicationRestartsWithNewClassesThenOldOneIsGone() throws Exception {
		Path classes = this.directory.resolve("classes");
		try (JavaProcess restarts = JavaProcess.of(RestartedApplication.class, this.directory.toString())
			// what is only softly reachable goes at the next collection
			.jvmArguments("-Xmx128m", "-XX:SoftRefLRUPolicyMSPerMB=0", "-Xlog:class+load:file=" + classes)
			.start()) {
			assertThat(restarts.output()).endsWith("nothing is left");
		}
		assertThat(classes).content()
			.contains("UnixSocketTransport")
			.as("no native library is loaded for byte mode")
			.doesNotContain("com.sun.jna.");
	}

	@Test
	void whenBeansStopForCheckpointThenNoSocketIsOpen() throws Exception {
		useOnce();
		long before = Descriptors.open();
		runner("namedpipe.server.orders.gateway.channel=requests", "namedpipe.server.later.auto-startup=false",
				"namedpipe.client.billing.pipe-name=orders", "namedpipe.client.billing.gateway.channel=questions",
				"namedpipe.client.feed.pipe-name=orders", "namedpipe.client.feed.outbound.channel=feed")
			.run((context) -> {
				NamedPipeServer orders = context.getBean("ordersNamedPipeServer", NamedPipeServer.class);
				NamedPipeServer later = context.getBean("laterNamedPipeServer", NamedPipeServer.class);
				for (int i = 0; i < 3; i++) {
					await().atMost(SOON).until(() -> orders.connections().size() == 2);
					exchange();
					context.getSourceApplicationContext().stop();
					assertThat(context.getBeansOfType(NamedPipe.class).values()).noneMatch(NamedPipe::isRunning);
					assertThat(sockets()).isEmpty();
					await().atMost(SOON).until(() -> Descriptors.open() <= before);
					// as after a checkpoint: starts what starts by itself
					context.getSourceApplicationContext().restart();
					assertThat(orders.isRunning()).isTrue();
					assertThat(later.isRunning()).isFalse();
				}
			});
		assertThat(Descriptors.open()).isLessThanOrEqualTo(before);
	}

	// From the first use on the JDK keeps a socket, and JNA a file
	private void useOnce() throws IOException {
		for (TransmissionMode mode : TransmissionMode.values()) {
			try (PipeServer server = PipeServer.builder("first")
				.directory(this.directory)
				.transmissionMode(mode)
				.build();
					PipeClient client = PipeClient.builder("first")
						.directory(this.directory)
						.transmissionMode(mode)
						.build()) {
				server.start();
				client.connect().close();
				server.accept().close();
			}
		}
	}

	@Test
	void whenEntryHasNoAutoStartupThenItsEndpointsWaitForIt() {
		runner("namedpipe.server.orders.auto-startup=false", "namedpipe.server.orders.gateway.channel=requests")
			.run((context) -> {
				NamedPipeServer orders = context.getBean(NamedPipeServer.class);
				assertThat(orders.isRunning()).isFalse();
				assertThat(sockets()).isEmpty();
				orders.start();
				exchange();
				orders.stop();
				assertThat(sockets()).isEmpty();
			});
	}

	@Test
	void whenComponentsAreRegisteredThenPhasesLoseNothing() {
		runner("namedpipe.server.orders.gateway.channel=requests", "namedpipe.client.billing.gateway.channel=questions",
				"namedpipe.client.billing.connect-timeout=100ms")
			.run((context) -> {
				int server = context.getBean(NamedPipeServer.class).getPhase();
				int client = context.getBean(NamedPipeClient.class).getPhase();
				assertThat(client).isEqualTo(Integer.MAX_VALUE / 2 + 1);
				assertThat(server).isEqualTo(Integer.MAX_VALUE / 2 + 2);
			});
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void whenFlowHangsThenStopWaitsForPhaseAndDrainTimeout(CapturedOutput output) throws Exception {
		long took = shutdownWithHangingFlow("spring.lifecycle.timeout-per-shutdown-phase=300ms",
				"namedpipe.server.orders.drain-timeout=3s");
		assertThat(Duration.ofNanos(took)).isBetween(Duration.ofMillis(2900), Duration.ofSeconds(25));
		assertThat(output).contains("1 bean still running after timeout of 300ms: [ordersNamedPipeServer]")
			.contains("whose work did not end within 3000 ms (drain timeout)");
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void whenFlowHangsThenShutdownEndsWithDrainTimeoutOnce(CapturedOutput output) throws Exception {
		long took = shutdownWithHangingFlow("spring.lifecycle.timeout-per-shutdown-phase=60s",
				"namedpipe.server.orders.drain-timeout=300ms");
		assertThat(Duration.ofNanos(took)).isBetween(Duration.ofMillis(300), Duration.ofSeconds(25));
		assertThat(output).contains("whose work did not end within 300 ms (drain timeout)")
			.doesNotContain("still running after timeout");
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void whenVirtualThreadsAreEnabledThenRestartsLeaveNothing() {
		restartOnVirtualThreads(1);
		long before = Descriptors.open();
		restartOnVirtualThreads(10);
		// the JDK keeps a few to wait for sockets of virtual threads
		await().atMost(SOON).until(() -> Descriptors.open() <= before + 4);
	}

	private void restartOnVirtualThreads(int times) {
		runner("spring.threads.virtual.enabled=true", "namedpipe.server.orders.gateway.channel=requests",
				"namedpipe.client.billing.pipe-name=orders", "namedpipe.client.billing.gateway.channel=questions")
			.run((context) -> {
				for (int i = 0; i < times; i++) {
					exchange();
					assertThat(RestartedApplication.pipeThreads())
						.noneMatch((name) -> name.contains("orders-connection"));
					context.getSourceApplicationContext().stop();
					context.getSourceApplicationContext().start();
				}
			});
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	@RequiresRoot
	void whenVirtualThreadsAreEnabledThenFlowCanRunAsItsClient() {
		runner("spring.threads.virtual.enabled=true", "namedpipe.server.orders.gateway.channel=requests",
				"namedpipe.server.orders.gateway.impersonate-client=true")
			.run((context) -> exchange());
	}

	@Test
	void whenClientIsConnectingThenShutdownDoesNotWaitForThat() {
		runner("namedpipe.client.billing.pipe-name=nobody", "namedpipe.client.billing.connect-timeout=60s",
				"namedpipe.client.billing.drain-timeout=60s", "namedpipe.client.billing.gateway.channel=questions")
			.run((context) -> {
				await().atMost(SOON)
					.until(() -> RestartedApplication.pipeThreads().contains("namedpipe-billing-keeper"));
				long started = System.nanoTime();
				context.getSourceApplicationContext().close();
				assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(25));
			});
	}

	private long shutdownWithHangingFlow(String... properties) throws Exception {
		CountDownLatch hanging = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		long[] took = new long[1];
		try (PipeClient client = PipeClient.builder("orders").directory(this.directory).build()) {
			runner(properties).withPropertyValues("namedpipe.server.orders.inbound.channel=hang")
				.withBean("hanging", IntegrationFlow.class, () -> IntegrationFlow.from("hang").handle((message) -> {
					hanging.countDown();
					awaitUninterruptibly(end);
				}).get())
				.run((context) -> {
					client.connect().outputStream().write(new byte[] { 42, 10 });
					assertThat(hanging.await(30, TimeUnit.SECONDS)).isTrue();
					long started = System.nanoTime();
					context.getSourceApplicationContext().close();
					took[0] = System.nanoTime() - started;
					assertThat(sockets()).isEmpty();
				});
		}
		finally {
			end.countDown();
		}
		return took[0];
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		boolean open = false;
		while (!open) {
			try {
				open = latch.await(60, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				// a flow that does not care
			}
		}
	}

	private void exchange() throws IOException {
		RestartedApplication.exchange(this.directory);
	}

	// beside them are the files that guard their names
	private List<Path> sockets() throws IOException {
		try (Stream<Path> files = Files.list(this.directory)) {
			return files.filter((file) -> !file.toString().endsWith(".lock")).toList();
		}
	}

	private ApplicationContextRunner runner(String... properties) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class,
					IntegrationAutoConfiguration.class, NamedPipeAutoConfiguration.class))
			.withBean("answer", IntegrationFlow.class, () -> new RestartedApplication().answer())
			.withPropertyValues("namedpipe.directory=" + this.directory, "namedpipe.server.orders.payload.type=text",
					"namedpipe.server.orders.framing.type=line")
			.withPropertyValues(properties);
	}

}
