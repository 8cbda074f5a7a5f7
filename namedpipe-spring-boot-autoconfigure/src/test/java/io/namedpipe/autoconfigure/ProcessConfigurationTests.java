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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.channel.QueueChannel;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHandlingException;
import org.springframework.messaging.support.GenericMessage;

import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeProcess;
import io.namedpipe.actuate.NamedPipeHealthContributor;
import io.namedpipe.actuate.NamedPipeHealthIndicator;
import io.namedpipe.actuate.NamedPipesEndpoint;
import io.namedpipe.framing.FramingException;
import io.namedpipe.integration.NamedPipeClient;
import io.namedpipe.integration.NamedPipeHeaders;
import io.namedpipe.integration.NamedPipeProcess;
import io.namedpipe.integration.event.NamedPipeErrorEvent;
import io.namedpipe.integration.event.NamedPipeEvent;
import io.namedpipe.integration.event.NamedPipeProcessExitedEvent;
import io.namedpipe.testsupport.JavaProcess;
import io.namedpipe.testsupport.PeerProcess;
import io.namedpipe.testsupport.RequiresCommand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Child processes of the configuration, in shell, Python and Java.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class ProcessConfigurationTests {

	private static final Duration SOON = Duration.ofSeconds(20);

	private final BlockingQueue<NamedPipeEvent> events = new LinkedBlockingQueue<>();

	private final QueueChannel in = new QueueChannel();

	@TempDir
	private Path folder;

	private ApplicationContextRunner runner(List<String> command, String... properties) {
		List<String> all = new ArrayList<>();
		for (int i = 0; i < command.size(); i++) {
			all.add("namedpipe.process.worker.command[" + i + "]=" + command.get(i));
		}
		for (String property : properties) {
			all.add("namedpipe.process.worker." + property);
		}
		return new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(IntegrationAutoConfiguration.class, NamedPipeAutoConfiguration.class))
			.withConfiguration(AutoConfigurations.of(NamedPipeHealthContributorAutoConfiguration.class,
					NamedPipeMetricsAutoConfiguration.class, NamedPipesEndpointAutoConfiguration.class))
			.withPropertyValues("management.endpoints.web.exposure.include=namedpipes")
			.withPropertyValues("management.endpoints.jmx.exposure.include=namedpipes")
			.withPropertyValues(all.toArray(String[]::new))
			.withBean("workerOut", QueueChannel.class, () -> this.in)
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withInitializer((context) -> context
				.addApplicationListener((ApplicationListener<NamedPipeEvent>) this.events::add));
	}

	private static List<String> python(String script, String... arguments) {
		List<String> command = new ArrayList<>(List.of("python3", PeerProcess.file(script).toString()));
		command.addAll(List.of(arguments));
		return command;
	}

	private static List<String> shell(String script) {
		return List.of("sh", "-c", script);
	}

	private static void send(AssertableApplicationContext context, String text) {
		context.getBean("workerIn", MessageChannel.class).send(new GenericMessage<>(text));
	}

	private @Nullable Object receive() {
		return receive(SOON);
	}

	private @Nullable Object receive(Duration patience) {
		Message<?> message = this.in.receive(patience.toMillis());
		return (message != null) ? message.getPayload() : null;
	}

	private <E extends NamedPipeEvent> E event(Class<E> type) throws InterruptedException {
		NamedPipeEvent event = this.events.poll(SOON.toSeconds(), TimeUnit.SECONDS);
		while (!type.isInstance(event)) {
			assertThat(event).as("a " + type.getSimpleName()).isNotNull();
			event = this.events.poll(SOON.toSeconds(), TimeUnit.SECONDS);
		}
		return type.cast(event);
	}

	private static NamedPipeProcess worker(AssertableApplicationContext context) {
		return context.getBean("workerNamedPipeProcess", NamedPipeProcess.class);
	}

	private static Health health(AssertableApplicationContext context) {
		HealthIndicator indicator = (HealthIndicator) context.getBean(NamedPipeHealthContributor.class)
			.getContributor("worker");
		assertThat(indicator).isNotNull();
		Health health = indicator.health();
		assertThat(health).isNotNull();
		return health;
	}

	private static void await(Runnable assertion) {
		Awaitility.await().atMost(SOON).untilAsserted(assertion::run);
	}

	@Test
	@RequiresCommand("python3")
	void whenPythonIsChildThenMessagesGoBothWaysAndItIsShown(CapturedOutput output) {
		runner(python("anonymous.py", "{in}", "{out}"), "to-child.channel=workerIn", "from-child.channel=workerOut",
				"from-child.payload.type=text")
			.run((context) -> {
				assertThat(context).hasBean("workerNamedPipeProcessInbound").hasBean("workerNamedPipeProcessOutbound");
				long pid = worker(context).pipe().process().pid();

				send(context, "four");
				send(context, "eleven char");

				Message<?> message = this.in.receive(SOON.toMillis());
				assertThat(message).isNotNull();
				assertThat(message.getPayload()).isEqualTo("4");
				assertThat(message.getHeaders()).containsEntry(NamedPipeHeaders.NAME, "worker")
					.containsEntry(NamedPipeHeaders.REMOTE_PROCESS_ID, pid);
				assertThat(receive()).isEqualTo("11");
				assertThat(health(context).getStatus()).isEqualTo(Status.UP);
				assertThat(health(context).getDetails()).containsEntry("role", "process")
					.containsEntry("processId", pid);
				var descriptor = context.getBean(NamedPipesEndpoint.class).pipes().pipes().get("worker");
				assertThat(descriptor).isNotNull();
				assertThat(descriptor.role()).isEqualTo("process");
				assertThat(descriptor.state()).isEqualTo("running");
				assertThat(descriptor.settings()).containsEntry("to-child.framing", "line (LF)");
				assertThat(context.getBean(MeterRegistry.class)
					.get("namedpipe.messages.in")
					.tags("pipe", "worker", "role", "process")
					.functionCounter()
					.count()).isEqualTo(2);
				await(() -> assertThat(output).contains("io.namedpipe.process.worker").contains("ready"));

				worker(context).stop();

				NamedPipeProcessExitedEvent exited = event(NamedPipeProcessExitedEvent.class);
				assertThat(exited.isExpected()).isTrue();
				assertThat(exited.getExitCode()).isZero();
				assertThat(exited.getProcessId()).isEqualTo(pid);
				assertThat(health(context).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
				await(() -> assertThat(output).contains("end of input"));
			});
	}

	@Test
	void whenNoHandleIsNamedThenTheStandardStreamsAreThePipes() {
		runner(List.of("cat"), "to-child.channel=workerIn", "from-child.channel=workerOut",
				"from-child.payload.type=text")
			.run((context) -> {
				send(context, "to and fro");
				assertThat(receive()).isEqualTo("to and fro");
			});
	}

	@Test
	void whenTheDirectionsHaveFramingsOfTheirOwnThenEachIsUsed() {
		runner(List.of("tr", ",", ";"), "to-child.channel=workerIn", "to-child.framing.type=delimiter",
				"to-child.framing.delimiter=,", "from-child.channel=workerOut", "from-child.framing.type=delimiter",
				"from-child.framing.delimiter=;", "from-child.payload.type=text")
			.run((context) -> {
				send(context, "one");
				send(context, "two");
				worker(context).stop();
				assertThat(receive()).isEqualTo("one");
				assertThat(receive()).isEqualTo("two");
			});
	}

	@Test
	void whenOnlyToChildIsConfiguredThenQueueIsWrittenBeforeStop() {
		Path file = this.folder.resolve("got");
		runner(shell("sleep 0.3; cat > '" + file + "'"), "to-child.channel=workerIn", "stop-timeout=60s")
			.run((context) -> {
				assertThat(context).doesNotHaveBean("workerNamedPipeProcessInbound");
				for (int i = 0; i < 100; i++) {
					send(context, "line " + i);
				}

				worker(context).stop();

				assertThat(Files.readAllLines(file)).hasSize(100).endsWith("line 99");
				assertThat(event(NamedPipeProcessExitedEvent.class).getExitCode()).isZero();
			});
	}

	@Test
	void whenOnlyFromChildIsConfiguredThenEndOfChildStopsEntry() {
		runner(shell("echo one; echo two; exit 4"), "from-child.channel=workerOut", "from-child.payload.type=text")
			.run((context) -> {
				assertThat(receive()).isEqualTo("one");
				assertThat(receive()).isEqualTo("two");
				NamedPipeProcessExitedEvent exited = event(NamedPipeProcessExitedEvent.class);
				assertThat(exited.getExitCode()).isEqualTo(4);
				assertThat(exited.isExpected()).isFalse();
				assertThat(worker(context).isRunning()).isFalse();
				assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
				assertThat(health(context).getDetails()).containsEntry("exitCode", 4)
					.hasEntrySatisfying("error",
							(error) -> assertThat(error.toString()).contains("The child process is gone, exit code 4"));
				assertThat(worker(context).statistics().errors(PipeErrorType.PROCESS)).isOne();
				assertThat(context).doesNotHaveBean("workerNamedPipeProcessOutbound");
			});
	}

	@Test
	@RequiresCommand("python3")
	void whenTheChildIsGoneThenSendersAreToldAndItCanBeStartedAgain() {
		runner(python("anonymous.py", "{in}", "{out}"), "to-child.channel=workerIn", "from-child.channel=workerOut",
				"from-child.payload.type=text")
			.run((context) -> {
				for (int i = 0; i < 3; i++) {
					send(context, "die 7");
					assertThat(event(NamedPipeProcessExitedEvent.class).getExitCode()).isEqualTo(7);
					assertThatExceptionOfType(MessageHandlingException.class)
						.isThrownBy(() -> send(context, "anybody there"))
						.withMessageContaining("not running");
					assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);

					worker(context).start();

					assertThat(health(context).getStatus()).isEqualTo(Status.UP);
					send(context, "again");
					assertThat(receive()).isEqualTo("5");
				}
			});
	}

	@Test
	@RequiresCommand("python3")
	void whenChildIsKilledInsideFrameThenReportsItAndDeliversNoHalf() {
		runner(python("half_frame.py", "{out}"), "from-child.channel=workerOut",
				"from-child.framing.type=length-header", "from-child.payload.type=text")
			.run((context) -> {
				NamedPipeProcess worker = worker(context);
				for (int i = 1; i <= 2; i++) {
					int round = i;
					assertThat(receive()).isEqualTo("whole");
					await(() -> assertThat(worker.statistics().bytesIn()).isEqualTo(round * 16L));

					worker.pipe().process().destroyForcibly();

					NamedPipeErrorEvent error = event(NamedPipeErrorEvent.class);
					assertThat(error.getType()).isEqualTo(PipeErrorType.TRUNCATED);
					assertThat(error.getCause()).isInstanceOf(FramingException.class);
					assertThat(error.getCause().getMessage()).contains("after 7 bytes");
					assertThat(event(NamedPipeProcessExitedEvent.class).getExitCode()).isEqualTo(128 + 9);
					assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
					assertThat(health(context).getDetails()).containsEntry("exitCode", 137);
					assertThat(worker.statistics().errors(PipeErrorType.TRUNCATED)).isEqualTo(round);
					assertThat(worker.statistics().errors(PipeErrorType.PROCESS)).isEqualTo(round);
					assertThat(worker.statistics().messagesIn()).isEqualTo(round);
					assertThat(worker.statistics().current()).isZero();

					worker.stop();
					worker.start();
				}
				assertThat(receive()).isEqualTo("whole");
				assertThat(this.in.getQueueSize()).isZero();
			});
	}

	@Test
	void whenTheChildIgnoresTermThenItIsKilledWithinTheStopTimeout() {
		runner(shell("trap '' TERM; echo ready; while :; do sleep 0.1; done"), "stop-timeout=2s",
				"from-child.channel=workerOut", "to-child.channel=workerIn", "from-child.payload.type=text")
			.run((context) -> {
				assertThat(receive()).isEqualTo("ready");

				long begin = System.nanoTime();
				worker(context).stop();

				assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofMillis(1700), SOON);
				NamedPipeProcessExitedEvent exited = event(NamedPipeProcessExitedEvent.class);
				assertThat(exited.getExitCode()).isEqualTo(128 + 9);
				assertThat(exited.isExpected()).isTrue();
				assertThat(health(context).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
			});
	}

	@Test
	void whenChildEndsWithItsInputThenOutputArrivesWithoutSignal() {
		runner(shell("trap 'exit 9' TERM; echo ready; cat >/dev/null; echo 'last words'; exit 3"),
				"from-child.channel=workerOut", "to-child.channel=workerIn", "from-child.payload.type=text")
			.run((context) -> {
				assertThat(receive()).isEqualTo("ready");

				worker(context).stop();

				assertThat(receive()).isEqualTo("last words");
				assertThat(event(NamedPipeProcessExitedEvent.class).getExitCode()).isEqualTo(3);
			});
	}

	@Test
	void whenTheApplicationIsClosedThenTheLastWordsOfTheChildArrive() {
		runner(shell("echo ready; cat >/dev/null; sleep 0.3; echo 'last words'"), "from-child.channel=workerOut",
				"to-child.channel=workerIn", "from-child.payload.type=text")
			.run((context) -> assertThat(receive()).isEqualTo("ready"));
		assertThat(receive()).isEqualTo("last words");
	}

	@Test
	void whenBurstIsLongerThanTheQueueThenTheChildGetsAllOfIt() throws IOException {
		Path file = this.folder.resolve("burst");
		runner(shell("sleep 0.5; cat > '" + file + "'"), "to-child.channel=workerIn", "to-child.queue-capacity=16",
				"stop-timeout=60s")
			.run((context) -> {
				for (int i = 0; i < 3000; i++) {
					send(context, "message " + i + " " + "x".repeat(100));
				}
			});
		assertThat(Files.readAllLines(file)).hasSize(3000);
	}

	@Test
	void whenMessageIsLargerThanTheLimitOfTheEntryThenItIsRefused() {
		runner(List.of("cat"), "to-child.channel=workerIn", "max-message-size=100B", "write-timeout=5s")
			.run((context) -> assertThatExceptionOfType(MessageHandlingException.class)
				.isThrownBy(() -> send(context, "x".repeat(101)))
				.withMessageContaining("100"));
	}

	@Test
	void whenEnvironmentAndDirectoryAreConfiguredThenTheChildHasThem() throws IOException {
		Path directory = this.folder.toRealPath();
		runner(shell("echo $PWD $GREETING"), "working-directory=" + directory, "environment.GREETING=hello",
				"from-child.channel=workerOut", "from-child.payload.type=text")
			.run((context) -> assertThat(receive()).isEqualTo(directory + " hello"));
	}

	@Test
	void whenTheEntryIsDisabledOrNotStartedThenThereIsNoProcess() {
		runner(List.of("cat"), "from-child.channel=workerOut", "enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(NamedPipeProcess.class));
		runner(List.of("cat"), "from-child.channel=workerOut", "auto-startup=false").run((context) -> {
			assertThat(worker(context).pipe().isAlive()).isFalse();
			assertThat(health(context).getStatus()).isEqualTo(Status.UNKNOWN);
		});
	}

	@Test
	void whenThereAreACustomizerOrAFactoryThenTheyAreAsked() {
		runner(List.of("cat"), "from-child.channel=workerOut")
			.withBean(NamedPipeProcessCustomizer.class, () -> (name, builder) -> builder.pipe().maxMessageSize(77))
			.run((context) -> assertThat(worker(context).pipe().maxMessageSize()).isEqualTo(77));
		runner(List.of("cat"), "from-child.channel=workerOut")
			.withBean(NamedPipeProcessFactory.class, () -> (name, properties) -> {
				try {
					return NamedPipeProcess.builder(name, PipeProcess.builder(List.of("true"))).build();
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			})
			.run((context) -> assertThat(worker(context).address()).isEqualTo("true"));
	}

	@Test
	void whenCommandHasSecretsThenOnlyEndpointShowsThem(CapturedOutput output) {
		runner(List.of("sh", "-c", "exec cat", "top-secret"), "to-child.channel=workerIn",
				"from-child.channel=workerOut")
			.run((context) -> {
				NamedPipeProcess worker = worker(context);
				assertThat(worker.address()).isEqualTo("sh");
				assertThat(health(context).getDetails()).asString().doesNotContain("top-secret");
				NamedPipesEndpoint hiding = new NamedPipesEndpoint(() -> List.of(worker), Show.NEVER);
				assertThat(hiding.pipes().pipes().get("worker").settings()).containsEntry("command", "******");
				assertThat(hiding.pipe("worker")).asString().doesNotContain("top-secret");
				NamedPipesEndpoint showing = new NamedPipesEndpoint(() -> List.of(worker), Show.ALWAYS);
				assertThat(showing.pipes().pipes().get("worker").settings()).containsEntry("command",
						List.of("sh", "-c", "exec cat", "top-secret"));
				worker.stop();
			});
		assertThat(output).doesNotContain("top-secret");
	}

	@Test
	void whenListenerRestartsChildOnContextCloseThenItStaysDown() {
		AtomicReference<NamedPipeProcess> restarted = new AtomicReference<>();
		runner(List.of("cat"), "to-child.channel=workerIn", "from-child.channel=workerOut")
			.withInitializer((context) -> context
				.addApplicationListener((ApplicationListener<NamedPipeProcessExitedEvent>) (event) -> {
					NamedPipeProcess process = (NamedPipeProcess) event.getSource();
					process.start();
					restarted.set(process);
				}))
			.run((context) -> assertThat(worker(context).pipe().isAlive()).isTrue());
		await(() -> assertThat(restarted.get()).isNotNull());
		assertThat(restarted.get().isRunning()).isFalse();
		assertThat(restarted.get().pipe().isAlive()).isFalse();
	}

	@Test
	void whenTheContextIsClosedThenNothingStarts() {
		AtomicReference<NamedPipeProcess> worker = new AtomicReference<>();
		runner(List.of("cat"), "to-child.channel=workerIn", "from-child.channel=workerOut")
			.run((context) -> worker.set(worker(context)));
		worker.get().start();
		assertThat(worker.get().isRunning()).isFalse();
	}

	@Test
	@Timeout(180)
	void whenChildIsSpringApplicationThenItEndsWithItsParent(CapturedOutput output) {
		List<String> command = JavaProcess
			.of(Child.class, "--namedpipe.client.orders.handle={in}", "--namedpipe.client.receipts.handle={out}")
			.command();
		runner(command, "to-child.channel=workerIn", "from-child.channel=workerOut", "from-child.payload.type=text",
				"stop-timeout=60s")
			.run((context) -> {
				send(context, "first");
				assertThat(receive(Duration.ofSeconds(60))).isEqualTo("FIRST");
				send(context, "second");
				assertThat(receive()).isEqualTo("SECOND");

				worker(context).stop();

				assertThat(event(NamedPipeProcessExitedEvent.class).getExitCode()).isEqualTo(42);
				await(() -> assertThat(output).contains("orders is DOWN")
					.contains("The other end of the anonymous pipe 3 is gone")
					.contains("has been used"));
			});
	}

	/**
	 * The child: takes orders from its parent, sends receipts back, and ends when the
	 * parent does.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ IntegrationAutoConfiguration.class, NamedPipeAutoConfiguration.class })
	static class Child {

		@Bean
		IntegrationFlow ordersFlow() {
			return IntegrationFlow.from("orders")
				.<String, String>transform(String::toUpperCase)
				.channel("receipts")
				.get();
		}

		public static void main(String[] args) {
			SpringApplication application = new SpringApplication(Child.class);
			application.setWebApplicationType(WebApplicationType.NONE);
			application.setDefaultProperties(Map.of("namedpipe.client.orders.direction", "out",
					"namedpipe.client.orders.framing.type", "line", "namedpipe.client.orders.payload.type", "text",
					"namedpipe.client.orders.inbound.channel", "orders", "namedpipe.client.receipts.direction", "in",
					"namedpipe.client.receipts.framing.type", "line", "namedpipe.client.receipts.outbound.channel",
					"receipts"));
			try (ConfigurableApplicationContext context = application.run(args)) {
				NamedPipeClient orders = context.getBean("ordersNamedPipeClient", NamedPipeClient.class);
				Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> !orders.isRunning());
				Health health = new NamedPipeHealthIndicator(orders).health();
				System.err.println("orders is " + health);
				try {
					orders.start();
				}
				catch (RuntimeException ex) {
					System.err.println(ex.getMessage());
				}
			}
			System.exit(42);
		}

	}

}
