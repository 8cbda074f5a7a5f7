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

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationListener;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.integration.MessageTimeoutException;
import org.springframework.integration.core.MessagingTemplate;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHandlingException;
import org.springframework.messaging.support.GenericMessage;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.IntNode;

import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeProcess;
import io.namedpipe.actuate.NamedPipeHealthContributor;
import io.namedpipe.actuate.NamedPipesEndpoint;
import io.namedpipe.integration.ChildExchanges;
import io.namedpipe.integration.NamedPipeProcess;
import io.namedpipe.integration.event.NamedPipeProcessExitedEvent;
import io.namedpipe.integration.outbound.NamedPipeProcessGateway;
import io.namedpipe.integration.outbound.UnprocessedRequestException;
import io.namedpipe.testsupport.JavaProcess;
import io.namedpipe.testsupport.PeerProcess;
import io.namedpipe.testsupport.RequiresCommand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * Child processes that are asked and answer, and are started again.
 */
@EnabledOnOs(OS.LINUX)
@RequiresCommand("python3")
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class AnsweringProcessTests {

	private static final Duration SOON = Duration.ofSeconds(20);

	/** Python: waits until nobody can write more, and reads nothing. */
	private static final String AWAIT_FULL_INPUT = String.join("\n", "waiting = array.array('i', [0])",
			"while waiting[0] < 30000:", "  fcntl.ioctl(0, termios.FIONREAD, waiting)", "  time.sleep(.01)");

	private final BlockingQueue<NamedPipeProcessExitedEvent> exits = new LinkedBlockingQueue<>();

	private ApplicationContextRunner runner(List<String> command, String... properties) {
		List<String> all = new ArrayList<>();
		for (int i = 0; i < command.size(); i++) {
			all.add("namedpipe.process.worker.command[" + i + "]=" + command.get(i));
		}
		for (String property : properties) {
			all.add("namedpipe.process.worker." + property);
		}
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(IntegrationAutoConfiguration.class, JacksonAutoConfiguration.class,
					NamedPipeAutoConfiguration.class, NamedPipeHealthContributorAutoConfiguration.class,
					NamedPipeMetricsAutoConfiguration.class))
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withInitializer((context) -> context
				.addApplicationListener((ApplicationListener<NamedPipeProcessExitedEvent>) this.exits::add))
			.withPropertyValues(all.toArray(String[]::new));
	}

	private ApplicationContextRunner answering(String... properties) {
		List<String> all = new ArrayList<>(List.of("streams=stdio", "gateway.channel=requests",
				"from-child.payload.type=text", "restart.delay=10ms"));
		all.addAll(List.of(properties));
		return runner(python("answering.py"), all.toArray(String[]::new));
	}

	private static List<String> python(String script, String... arguments) {
		List<String> command = new ArrayList<>(List.of("python3", PeerProcess.file(script).toString()));
		command.addAll(List.of(arguments));
		return command;
	}

	private static List<String> script(String... lines) {
		return List.of("python3", "-u", "-c", "import array, fcntl, sys, termios, time\n" + String.join("\n", lines));
	}

	private static void notify(AssertableApplicationContext context, String notification, int count) {
		MessageChannel channel = context.getBean("notes", MessageChannel.class);
		for (int i = 0; i < count; i++) {
			channel.send(new GenericMessage<>(notification));
		}
	}

	private static @Nullable Object ask(AssertableApplicationContext context, Object request) {
		return new MessagingTemplate(context.getBean("requests", MessageChannel.class)).convertSendAndReceive(request,
				Object.class);
	}

	private static JsonNode askJson(AssertableApplicationContext context, int id, String method, Object parameters) {
		JsonNode reply = (JsonNode) ask(context,
				Map.of("jsonrpc", "2.0", "id", id, "method", method, "params", parameters));
		assertThat(reply).isNotNull();
		assertThat(reply.get("id").intValue()).isEqualTo(id);
		return reply.get("result");
	}

	private static NamedPipeProcess worker(AssertableApplicationContext context) {
		return context.getBean("workerNamedPipeProcess", NamedPipeProcess.class);
	}

	private static long pid(AssertableApplicationContext context) {
		return worker(context).pipe().process().pid();
	}

	private static Health health(AssertableApplicationContext context) {
		HealthIndicator indicator = (HealthIndicator) context.getBean(NamedPipeHealthContributor.class)
			.getContributor("worker");
		assertThat(indicator).isNotNull();
		Health health = indicator.health();
		assertThat(health).isNotNull();
		return health;
	}

	private static void awaitRestarts(AssertableApplicationContext context, int count) {
		await().atMost(SOON).untilAsserted(() -> {
			assertThat(worker(context).restarts()).isEqualTo(count);
			assertThat(worker(context).fault()).isEmpty();
		});
	}

	@Test
	void whenServerOfModelContextProtocolIsTheChildThenItAnswers() {
		runner(python("mcp_server.py"), "streams=stdio", "gateway.channel=requests", "to-child.channel=notifications",
				"to-child.payload.type=json", "from-child.payload.type=json")
			.run((context) -> {
				assertThat(askJson(context, 1, "initialize", Map.of("protocolVersion", "2025-06-18"))
					.at("/serverInfo/name")
					.stringValue()).isEqualTo("adder");
				context.getBean("notifications", MessageChannel.class)
					.send(new GenericMessage<>(Map.of("jsonrpc", "2.0", "method", "notifications/initialized")));
				JsonNode sum = askJson(context, 2, "tools/call",
						Map.of("name", "add", "arguments", Map.of("a", 40, "b", 2)));

				assertThat(sum.at("/content/0/text").stringValue()).isEqualTo("42");
				assertThat(sum.at("/initialized").booleanValue()).isTrue();
			});
	}

	@Test
	void whenLanguageServerIsTheChildThenItAnswers() throws Exception {
		runner(python("language_server.py"), "streams=stdio", "gateway.channel=requests",
				"to-child.channel=notifications", "to-child.framing.type=content-length", "to-child.payload.type=json",
				"from-child.framing.type=content-length", "from-child.payload.type=json")
			.run((context) -> {
				assertThat(askJson(context, 1, "initialize", Map.of()).at("/capabilities/hoverProvider").booleanValue())
					.isTrue();
				assertThat(askJson(context, 2, "shutdown", Map.of()).isNull()).isTrue();
				context.getBean("notifications", MessageChannel.class)
					.send(new GenericMessage<>(Map.of("jsonrpc", "2.0", "method", "exit")));

				NamedPipeProcessExitedEvent exit = this.exits.poll(SOON.toSeconds(), TimeUnit.SECONDS);
				assertThat(exit).isNotNull();
				assertThat(exit.getExitCode()).isZero();
			});
	}

	@Test
	void whenChildDiesInExchangeThenOnlyThatOneFails() {
		answering("restart.policy=on-failure").run((context) -> {
			assertThat(ask(context, "a")).isEqualTo("re: a");
			long first = pid(context);

			assertThatExceptionOfType(MessageHandlingException.class).isThrownBy(() -> ask(context, "die"))
				.withMessageContaining("left without a reply; the request may have been processed")
				.isNotInstanceOf(UnprocessedRequestException.class);
			assertThat(ask(context, "b")).isEqualTo("re: b");

			awaitRestarts(context, 1);
			assertThat(pid(context)).isNotEqualTo(first);
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			assertThat(health(context).getDetails()).containsEntry("restarts", 1L);
			assertThat(context.getBean(MeterRegistry.class)
				.get("namedpipe.process.restarts")
				.tags("pipe", "worker", "role", "process")
				.functionCounter()
				.count()).isEqualTo(1);
			assertThat(
					new NamedPipesEndpoint(() -> List.of(worker(context)), Show.ALWAYS).pipes().pipes().get("worker"))
				.isNotNull()
				.satisfies((pipe) -> assertThat(pipe.details()).containsEntry("restarts", 1L))
				.satisfies((pipe) -> assertThat(pipe.settings()).containsEntry("restart.policy", "on-failure"));
			NamedPipeProcessExitedEvent exit = this.exits.poll(SOON.toSeconds(), TimeUnit.SECONDS);
			assertThat(exit).isNotNull();
			assertThat(exit.getExitCode()).isEqualTo(3);
			assertThat(exit.isExpected()).isFalse();
		});
	}

	@Test
	void whenChildHasDiedBetweenRequestsThenTheNextOneAnswers() {
		answering("restart.policy=always").run((context) -> {
			for (int i = 1; i <= 5; i++) {
				Process child = worker(context).pipe().process();
				child.destroyForcibly().waitFor();

				assertThat(ask(context, "r" + i)).isEqualTo("re: r" + i);
				awaitRestarts(context, i);
			}
		});
	}

	@Test
	void whenChildIsNotStartedAgainThenLaterRequestsWereNotProcessed() {
		answering().run((context) -> {
			assertThatExceptionOfType(MessageHandlingException.class).isThrownBy(() -> ask(context, "die"));
			await().atMost(SOON).until(() -> !worker(context).isRunning());

			assertThatExceptionOfType(UnprocessedRequestException.class).isThrownBy(() -> ask(context, "a"))
				.withMessageContaining("is not running");
		});
	}

	@Test
	void whenReplyIsLateThenItGoesToNobody() {
		answering("gateway.reply-timeout=4s").run((context) -> {
			assertThat(ask(context, "a")).isEqualTo("re: a");
			assertThatExceptionOfType(MessageTimeoutException.class).isThrownBy(() -> ask(context, "sleep 5"));

			assertThat(ask(context, "b")).isEqualTo("re: b");
			assertThat(ask(context, "c")).isEqualTo("re: c");
			assertThat(worker(context).statistics().errors(PipeErrorType.LATE_REPLY)).isEqualTo(1);
			assertThat(worker(context).statistics().errors(PipeErrorType.NO_REPLY)).isEqualTo(1);
			assertThat(worker(context).restarts()).isZero();
		});
	}

	@Test
	void whenChildDiesWithAReplyOwedThenTheNextOneOwesNothing() {
		answering("gateway.reply-timeout=5s", "restart.policy=always").run((context) -> {
			assertThatExceptionOfType(MessageTimeoutException.class).isThrownBy(() -> ask(context, "sleep 600"));
			worker(context).pipe().process().destroyForcibly().waitFor();
			awaitRestarts(context, 1);

			assertThat(ask(context, "b")).isEqualTo("re: b");
			assertThat(worker(context).statistics().errors(PipeErrorType.LATE_REPLY)).isZero();
		});
	}

	@Test
	void whenOneRequestHasNoReplyThenLaterOnesHaveTheirs() {
		answering("gateway.reply-timeout=6s").run((context) -> {
			long first = pid(context);
			assertThatExceptionOfType(MessageTimeoutException.class).isThrownBy(() -> ask(context, "mute"));

			Throwable failure = catchThrowable(() -> ask(context, "b"));

			assertThat(failure == null || failure instanceof UnprocessedRequestException).isTrue();
			assertThat(ask(context, "c")).isEqualTo("re: c");
			assertThat(ask(context, "d")).isEqualTo("re: d");
			awaitRestarts(context, 1);
			assertThat(pid(context)).isNotEqualTo(first);
		});
	}

	@Test
	void whenOthersUseUpTheTimeThenChildIsNotRestarted() throws Exception {
		ExecutorService callers = Executors.newFixedThreadPool(2);
		try {
			answering("gateway.reply-timeout=5s", "gateway.on-timeout=restart").run((context) -> {
				assertThat(ask(context, "a")).isEqualTo("re: a");
				long first = pid(context);

				Future<@Nullable Object> one = callers.submit(() -> ask(context, "sleep 3"));
				Future<@Nullable Object> other = callers.submit(() -> ask(context, "sleep 3"));

				assertThat(Stream.of(one, other).map((reply) -> catchThrowable(reply::get)).filter(Objects::nonNull))
					.singleElement(InstanceOfAssertFactories.THROWABLE)
					.hasCauseInstanceOf(MessageTimeoutException.class);
				await().atMost(SOON).until(() -> worker(context).statistics().errors(PipeErrorType.LATE_REPLY) == 1);
				assertThat(ask(context, "b")).isEqualTo("re: b");
				assertThat(pid(context)).isEqualTo(first);
				assertThat(worker(context).restarts()).isZero();
			});
		}
		finally {
			callers.shutdownNow();
		}
	}

	@Test
	void whenNotificationsComeBeforeARequestThenChildGetsThemFirst() {
		runner(script("n = 0", "for line in sys.stdin:", "  if line[0] == 'n': n += 1", "  else: print(n)"),
				"streams=stdio", "gateway.channel=requests", "to-child.channel=notes", "from-child.payload.type=text")
			.run((context) -> {
				for (int round = 1; round <= 200; round++) {
					notify(context, "n", 50);

					assertThat(ask(context, "q")).isEqualTo(String.valueOf(round * 50));
				}
			});
	}

	@Test
	void whenChildSpeaksBeforeTheRequestIsWrittenThenThatIsNoReply() {
		runner(script(AWAIT_FULL_INPUT, "time.sleep(1)", "print('event')", "for line in sys.stdin:",
				"  if line[0] != 'n': print('re: ' + line.strip())"), "streams=stdio", "gateway.channel=requests",
				"to-child.channel=notes", "from-child.payload.type=text")
			.run((context) -> {
				notify(context, "n".repeat(1000), 200);

				assertThat(ask(context, "a")).isEqualTo("re: a");
				assertThat(ask(context, "b")).isEqualTo("re: b");
				assertThat(worker(context).statistics().errors(PipeErrorType.FRAMING)).isEqualTo(1);
			});
	}

	@Test
	void whenQueueOverflowsThenTheRequestInItIsKept() throws Exception {
		ExecutorService callers = Executors.newFixedThreadPool(1);
		try {
			runner(script(AWAIT_FULL_INPUT, "time.sleep(2)", "for line in sys.stdin:",
					"  if line[0] != 'n': print('re: ' + line.strip())"), "streams=stdio", "gateway.channel=requests",
					"to-child.channel=notes", "to-child.queue-capacity=2", "to-child.overflow=drop-oldest",
					"from-child.payload.type=text")
				.run((context) -> {
					notify(context, "n".repeat(100_000), 5);
					Future<@Nullable Object> reply = callers.submit(() -> ask(context, "a"));
					await().atMost(SOON).until(() -> worker(context).queueSize() > 2 || reply.isDone());

					notify(context, "n", 10);

					assertThat(reply.get(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo("re: a");
				});
		}
		finally {
			callers.shutdownNow();
		}
	}

	@Test
	void whenChildReadsNothingThenItIsRestartedInTime() {
		runner(List.of("sleep", "600"), "streams=stdio", "gateway.channel=requests", "gateway.reply-timeout=1s",
				"gateway.on-timeout=restart", "write-timeout=10m")
			.run((context) -> {
				assertThatExceptionOfType(MessageTimeoutException.class)
					.isThrownBy(() -> ask(context, "x".repeat(200_000)));

				awaitRestarts(context, 1);
				assertThat(worker(context).isRunning()).isTrue();
			});
	}

	@Test
	void whenChildReadsNothingForTheWriteTimeoutThenItIsRestarted() {
		runner(List.of("sleep", "600"), "streams=stdio", "gateway.channel=requests", "gateway.reply-timeout=1m",
				"gateway.on-timeout=restart", "write-timeout=1s", "stop-timeout=2s")
			.run((context) -> {
				assertThatExceptionOfType(MessageHandlingException.class)
					.isThrownBy(() -> ask(context, "x".repeat(200_000)))
					.isNotInstanceOf(UnprocessedRequestException.class);

				awaitRestarts(context, 1);
			});
	}

	@Test
	void whenCallerIsInterruptedThenOnlyItsExchangeFails(CapturedOutput output) {
		runner(script(AWAIT_FULL_INPUT, "sys.stderr.write('full\\n')", "time.sleep(3)",
				"for line in sys.stdin: print(len(line))"), "streams=stdio", "gateway.channel=requests",
				"from-child.payload.type=text")
			.run((context) -> {
				FutureTask<@Nullable Object> exchange = new FutureTask<>(() -> ask(context, "x".repeat(500_000)));
				Thread caller = new Thread(exchange, "caller");
				caller.start();
				await().atMost(SOON).until(() -> output.getAll().contains("full"));

				caller.interrupt();

				assertThatExceptionOfType(ExecutionException.class)
					.isThrownBy(() -> exchange.get(SOON.toSeconds(), TimeUnit.SECONDS))
					.withStackTraceContaining("Interrupted while waiting for a reply");
				assertThat(ask(context, "ab")).isEqualTo("3");
				assertThat(worker(context).restarts()).isZero();
			});
	}

	@Test
	void whenRequestKillsItsReaderThenItIsNotRepeated() {
		runner(List.of("sh", "-c", "head -c 1 >/dev/null; exit 3"), "streams=stdio", "gateway.channel=requests",
				"restart.policy=on-failure", "restart.delay=10ms", "restart.max-attempts=3")
			.run((context) -> {
				assertThatExceptionOfType(MessageHandlingException.class)
					.isThrownBy(() -> ask(context, "x".repeat(200_000)))
					.withMessageContaining("may have been processed")
					.isNotInstanceOf(UnprocessedRequestException.class);

				awaitRestarts(context, 1);
				assertThat(worker(context).isRunning()).isTrue();
			});
	}

	@Test
	void whenChildClosesItsInputThenAnotherOneTakesItsPlace(CapturedOutput output) {
		runner(List.of("sh", "-c", "trap '' TERM; exec 0<&-; echo deaf >&2; sleep 600"), "streams=stdio",
				"stop-timeout=1s", "gateway.channel=requests", "gateway.reply-timeout=5s", "restart.policy=always",
				"restart.delay=10ms")
			.run((context) -> {
				await().atMost(SOON).until(() -> output.getAll().contains("deaf"));

				assertThatException().isThrownBy(() -> ask(context, "a"));

				await().atMost(SOON).until(() -> worker(context).restarts() > 0);
				assertThat(output).contains("it was killed, as it had closed its input");
			});
	}

	@Test
	void whenChildIsKilledThenWhatItHasStartedIsKilledToo(CapturedOutput output) {
		runner(List.of("sh", "-c", "trap '' TERM; sleep 600 & echo started $! >&2; wait"), "streams=stdio",
				"stop-timeout=1s", "gateway.channel=requests", "gateway.reply-timeout=1s", "gateway.on-timeout=restart")
			.run((context) -> {
				await().atMost(SOON).until(() -> output.getAll().matches("(?s).*started \\d+\\s.*"));
				String pid = output.getAll().replaceFirst("(?s).*?started (\\d+)\\s.*", "$1");
				ProcessHandle program = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();

				assertThatExceptionOfType(MessageTimeoutException.class).isThrownBy(() -> ask(context, "a"));

				await().atMost(SOON).until(() -> !program.isAlive());
			});
	}

	@Test
	void whenAnotherGatewayAsksThenEachGetsItsOwnReply() throws Exception {
		ExecutorService callers = Executors.newFixedThreadPool(1);
		try {
			answering().run((context) -> {
				Future<@Nullable Object> first = callers.submit(() -> ask(context, "sleep 1"));
				await().atMost(SOON).until(() -> worker(context).statistics().messagesOut() == 1);
				context.getBean(NamedPipeProcessGateway.class).destroy();

				ChildExchanges next = worker(context).openExchanges(false);

				assertThat(next.exchange("b", SOON)).isEqualTo("re: b");
				assertThat(first.get(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo("re: sleep 1");
				assertThat(worker(context).statistics().errors(PipeErrorType.FRAMING)).isZero();
			});
		}
		finally {
			callers.shutdownNow();
		}
	}

	@Test
	void whenReplyComesBetweenTwoGatewaysThenItsCallerGetsIt() throws Exception {
		ExecutorService callers = Executors.newFixedThreadPool(1);
		try {
			answering().run((context) -> {
				Future<@Nullable Object> first = callers.submit(() -> ask(context, "sleep 1"));
				await().atMost(SOON).until(() -> worker(context).statistics().messagesOut() == 1);
				context.getBean(NamedPipeProcessGateway.class).destroy();

				assertThat(first.get(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo("re: sleep 1");

				assertThat(worker(context).openExchanges(false).exchange("b", SOON)).isEqualTo("re: b");
			});
		}
		finally {
			callers.shutdownNow();
		}
	}

	@Test
	void whenChildStaysAfterItsInputHasEndedThenTheNextOneIsAsked(CapturedOutput output) {
		runner(List.of("sh", "-c", "cat; exec sleep 600"), "streams=stdio", "gateway.channel=requests",
				"to-child.framing.type=until-close", "from-child.framing.type=line", "from-child.payload.type=text",
				"restart.policy=always", "restart.delay=10ms")
			.run((context) -> {
				assertThat(ask(context, "a\n")).isEqualTo("a");

				assertThat(ask(context, "b\n")).isEqualTo("b");

				assertThat(output).contains("it was killed, as it took no more requests and did not end");
			});
	}

	@Test
	void whenChildTookNothingOfALargeRequestThenTheNextOneGetsIt(@TempDir Path folder, CapturedOutput output) {
		String script = "if mkdir '%s' 2>/dev/null; then exec 0<&-; echo deaf >&2; exec sleep 600; fi; exec \"$@\""
			.formatted(folder.resolve("first"));
		List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
		command.addAll(python("answering.py"));
		runner(command, "streams=stdio", "gateway.channel=requests", "from-child.payload.type=text",
				"restart.policy=always", "restart.delay=10ms")
			.run((context) -> {
				await().atMost(SOON).until(() -> output.getAll().contains("deaf"));

				assertThat(ask(context, "x".repeat(20_000))).isEqualTo("re: " + "x".repeat(20_000));
				assertThat(worker(context).restarts()).isEqualTo(1);
			});
	}

	@Test
	void whenNotificationsKeptTheChildBusyThenItIsNotRestarted(CapturedOutput output) {
		runner(script(AWAIT_FULL_INPUT, "sys.stderr.write('full\\n')", "time.sleep(2.5)", "for line in sys.stdin:",
				"  if line[0] != 'n':", "    time.sleep(2.5)", "    print('re: ' + line.strip())"), "streams=stdio",
				"gateway.channel=requests", "gateway.reply-timeout=4s", "gateway.on-timeout=restart",
				"to-child.channel=notes", "from-child.payload.type=text")
			.run((context) -> {
				notify(context, "n".repeat(1000), 200);
				await().atMost(SOON).until(() -> output.getAll().contains("full"));
				assertThatExceptionOfType(MessageTimeoutException.class).isThrownBy(() -> ask(context, "a"));

				await().atMost(SOON).until(() -> worker(context).statistics().errors(PipeErrorType.LATE_REPLY) == 1);

				assertThat(worker(context).restarts()).isZero();
			});
	}

	@Test
	void whenChildReadsNoNotificationsThenItIsRestartedInTime() {
		runner(List.of("sleep", "600"), "streams=stdio", "gateway.channel=requests", "gateway.reply-timeout=1s",
				"gateway.on-timeout=restart", "to-child.channel=notes", "write-timeout=10m")
			.run((context) -> {
				notify(context, "n".repeat(200_000), 1);

				assertThatExceptionOfType(UnprocessedRequestException.class).isThrownBy(() -> ask(context, "a"));

				awaitRestarts(context, 1);
			});
	}

	@Test
	void whenReplyIsTooLargeThenSaysThatThePipesWereClosed() {
		runner(script("for line in sys.stdin: print('y' * 5000)"), "streams=stdio", "gateway.channel=requests",
				"max-message-size=1KB")
			.run((context) -> assertThatExceptionOfType(MessageHandlingException.class)
				.isThrownBy(() -> ask(context, "a"))
				.withMessageContaining("were closed before a reply"));
	}

	@Test
	void whenReplyIsMalformedThenItIsNotCalledMissing() {
		runner(List.of("cat"), "gateway.channel=requests", "from-child.payload.type=json").run((context) -> {
			assertThatExceptionOfType(MessageHandlingException.class).isThrownBy(() -> ask(context, "{oops"))
				.withMessageContaining("The reply from 'worker' cannot be read");

			assertThat(ask(context, "7")).isEqualTo(IntNode.valueOf(7));
		});
	}

	@Test
	void whenChildIsToBeRestartedOnTimeoutThenAnotherOneAnswers() {
		answering("gateway.reply-timeout=2s", "gateway.on-timeout=restart").run((context) -> {
			long first = pid(context);

			assertThatExceptionOfType(MessageTimeoutException.class).isThrownBy(() -> ask(context, "mute"));

			assertThat(ask(context, "b")).isEqualTo("re: b");
			assertThat(pid(context)).isNotEqualTo(first);
			awaitRestarts(context, 1);
		});
	}

	@Test
	void whenManyAskAtOnceThenEachGetsItsOwnReply() throws Exception {
		ExecutorService callers = Executors.newFixedThreadPool(8);
		try {
			answering().run((context) -> {
				List<Future<@Nullable Object>> replies = new ArrayList<>();
				for (int i = 0; i < 200; i++) {
					String request = "r" + i;
					replies.add(callers.submit(() -> ask(context, request)));
				}
				for (int i = 0; i < 200; i++) {
					assertThat(replies.get(i).get(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo("re: r" + i);
				}
			});
		}
		finally {
			callers.shutdownNow();
		}
	}

	@Test
	void whenChildSpeaksUnaskedThenThatIsNoReply() {
		runner(python("answering.py", "hello", "world"), "gateway.channel=requests", "from-child.payload.type=text")
			.run((context) -> {
				await().atMost(SOON).until(() -> worker(context).statistics().errors(PipeErrorType.FRAMING) == 2);

				assertThat(ask(context, "a")).isEqualTo("re: a");
			});
	}

	@Test
	void whenHandshakeIsConfiguredThenChildIsReadyAfterIt() {
		runner(python("answering.py", "hello", "ready 1.2"), "gateway.channel=requests", "from-child.payload.type=text",
				"handshake[0].expect=hello", "handshake[1].expect=ready *", "handshake[2].send=go",
				"handshake[3].expect=re: go")
			.run((context) -> assertThat(ask(context, "a")).isEqualTo("re: a"));
	}

	@Test
	void whenChildSaysSomethingElseThenStartSaysWhat() {
		runner(python("answering.py", "goodbye"), "gateway.channel=requests", "handshake[0].expect=hello")
			.run((context) -> {
				assertThat(context).hasFailed();
				assertThat(context.getStartupFailure()).hasStackTraceContaining("but got 'goodbye'");
			});
	}

	@Test
	void whenChildIsMuteThenStartEndsWithTheTime() {
		runner(python("answering.py"), "gateway.channel=requests", "handshake[0].expect=hello",
				"handshake-timeout=500ms")
			.run((context) -> {
				assertThat(context).hasFailed();
				assertThat(context.getStartupFailure()).hasStackTraceContaining("handshake timeout");
			});
	}

	@ParameterizedTest
	@CsvSource({ "always, exit 0", "on-failure, exit 3" })
	void whenRestartsDoNotHelpThenTheyEnd(String policy, String script, CapturedOutput output) {
		runner(List.of("sh", "-c", script), "from-child.channel=nullChannel", "restart.policy=" + policy,
				"restart.delay=1ms", "restart.max-attempts=3")
			.run((context) -> {
				await().atMost(SOON).until(() -> !worker(context).isRunning());

				assertThat(worker(context).restarts()).isEqualTo(3);
				assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
				assertThat(output).contains("is stopped after 3 restarts in a row (restart.max-attempts)");
			});
	}

	@Test
	void whenExitIsCleanThenPolicyOnFailureDoesNotRestart() {
		runner(List.of("sh", "-c", "exit 0"), "from-child.channel=nullChannel", "restart.policy=on-failure",
				"restart.delay=1ms")
			.run((context) -> {
				await().atMost(SOON).until(() -> !worker(context).isRunning());

				assertThat(worker(context).restarts()).isZero();
			});
	}

	@Test
	void whenContextClosesInTheWaitThenNothingStarts() {
		answering("restart.policy=always", "restart.delay=30s").run((context) -> {
			assertThatExceptionOfType(MessageHandlingException.class).isThrownBy(() -> ask(context, "die"));
			await().atMost(SOON).until(() -> health(context).getStatus().equals(Status.DOWN));
			assertThat(worker(context).isRunning()).isTrue();

			NamedPipeProcess worker = worker(context);
			context.close();

			assertThat(worker.isRunning()).isFalse();
			assertThat(worker.restarts()).isZero();
			assertThat(worker.pipe().isAlive()).isFalse();
		});
	}

	@Test
	void whenStoppedAmidRestartsThenNoChildIsLeft() {
		runner(List.of("sh", "-c", "exit 1"), "from-child.channel=nullChannel", "restart.policy=always",
				"restart.delay=1ms", "restart.max-delay=2ms")
			.run((context) -> {
				for (int i = 0; i < 10; i++) {
					long before = worker(context).restarts();
					await().atMost(SOON).until(() -> worker(context).restarts() > before);
					worker(context).stop();
					assertThat(worker(context).pipe().isAlive()).isFalse();
					long after = worker(context).restarts();
					worker(context).start();
					assertThat(after).isGreaterThan(before);
				}
			});
	}

	@ParameterizedTest
	@CsvSource({ "log, true", "discard, false" })
	void whenChildPrintsErrorsThenTheyGoWhereConfigured(String target, boolean logged, CapturedOutput output) {
		runner(List.of("sh", "-c", "echo to-the-log >&2; cat"), "gateway.channel=requests", "standard-error=" + target)
			.run((context) -> {
				ask(context, "a");
				worker(context).stop();

				if (logged) {
					await().atMost(SOON).until(() -> output.getAll().contains("to-the-log"));
				}
				assertThat(output.getAll().contains("to-the-log")).isEqualTo(logged);
			});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "streams=stdio,command[0]=cat,command[1]={in} | streams | have no handles",
					"from-child.channel=replies | from-child.channel | All that the process writes are replies",
					"gateway.reply-timeout=0 | gateway.reply-timeout | longer than zero",
					"from-child.framing.type=raw | from-child.framing.type | where a reply ends",
					"from-child.framing.type=until-close | from-child.framing.type | one request only",
					"to-child.framing.type=until-close | to-child.framing.type | one request only",
					"gateway.channel= | gateway.channel | needs the name of a channel",
					"restart.delay=0 | restart.delay | longer than zero",
					"restart.multiplier=0.5 | restart.multiplier | 1 or more",
					"restart.max-delay=1ms | restart.max-delay | must not be shorter",
					"restart.max-attempts=-2 | restart.max-attempts | -1 or more",
					"handshake-timeout=0 | handshake-timeout | longer than zero",
					"handshake[0].expect=/[/ | handshake[0].expect | " })
	void whenPropertyIsWrongThenStartSaysWhich(String properties, String name, @Nullable String reason) {
		List<String> all = new ArrayList<>(List.of("gateway.channel=requests"));
		all.addAll(List.of(properties.split(",")));

		runner(properties.contains("command") ? List.of() : List.of("cat"), all.toArray(String[]::new))
			.run((context) -> {
				assertThat(context).hasFailed();
				assertThat(NestedExceptionUtils.getMostSpecificCause(context.getStartupFailure()))
					.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (ex) -> {
						assertThat(ex.getName()).isEqualTo("namedpipe.process.worker." + name);
						assertThat(ex.getReason()).contains((reason != null) ? reason : "");
					});
			});
	}

	@Test
	@RequiresCommand("setpriv")
	void whenParentIsKilledThenChildThatIgnoresAllGoesToo() throws Exception {
		try (JavaProcess parent = JavaProcess
			.of(Parent.class, python("answering.py", "stubborn").toArray(String[]::new))
			.jvmArguments("-XX:TieredStopAtLevel=1")
			.start()) {
			String line = parent.nextLine();
			while (!line.startsWith("child ")) {
				line = parent.nextLine();
			}
			ProcessHandle child = ProcessHandle.of(Long.parseLong(line.substring("child ".length()))).orElseThrow();
			assertThat(child.isAlive()).isTrue();

			parent.close();

			child.onExit().get(SOON.toSeconds(), TimeUnit.SECONDS);
		}
	}

	/**
	 * Starts a child from a thread that ends, and waits to be killed.
	 */
	static class Parent {

		public static void main(String[] command) throws Exception {
			PipeProcess process = PipeProcess.builder(List.of(command)).build();
			Thread starter = new Thread(() -> {
				try {
					process.start();
				}
				catch (Exception ex) {
					throw new IllegalStateException(ex);
				}
			});
			starter.start();
			starter.join();
			// the child dies with the thread if that is what the kernel takes for its
			// parent
			for (int i = 0; i < 20; i++) {
				if (process.process().waitFor(50, TimeUnit.MILLISECONDS)) {
					System.out.println("gone " + process.exitCode());
					return;
				}
			}
			System.out.println("child " + process.process().pid());
			process.process().waitFor();
		}

	}

}
