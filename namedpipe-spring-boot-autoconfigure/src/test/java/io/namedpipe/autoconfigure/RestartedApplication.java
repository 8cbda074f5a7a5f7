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

import java.beans.Introspector;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ResolvableType;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.util.ReflectionUtils;

import io.namedpipe.PipeClient;
import io.namedpipe.PipeConnection;
import io.namedpipe.testsupport.Descriptors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application that is restarted as development tools do it: its own classes are loaded
 * anew each time, by a class loader that asks for all others. As a program it does so and
 * looks what is left.
 */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({ IntegrationAutoConfiguration.class, NamedPipeAutoConfiguration.class,
		NamedPipeMetricsAutoConfiguration.class, NamedPipeHealthContributorAutoConfiguration.class })
public class RestartedApplication {

	private static final int RESTARTS = 20;

	// The first one stays, with or without our classes
	private static final int KEPT_BY_SPRING_BOOT = 1;

	// Before JDK 24 a thread keeps the domains of whoever created it, and the one that
	// looks after time limits outlives a restart
	private static final int KEPT_BY_THREAD = (Runtime.version().feature() < 24) ? 1 : 0;

	private static final Duration SOON = Duration.ofSeconds(20);

	/**
	 * Restarts the application, one exchange with each.
	 * @param args the folder of its pipe
	 * @throws Exception if something is left
	 */
	public static void main(String[] args) throws Exception {
		Path directory = Path.of(args[0]);
		SimpleMeterRegistry meters = new SimpleMeterRegistry();
		List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
		ConfigurableApplicationContext running = restart(directory, meters, loaders);
		exchange(directory);
		await().atMost(SOON).until(() -> pipeThreads().stream().noneMatch((name) -> name.contains("-connection-")));
		long descriptors = Descriptors.open();
		int registered = meters.getMeters().size();
		List<String> threads = pipeThreads();
		for (int i = 0; i < RESTARTS; i++) {
			running.close();
			assertThat(meters.getMeters()).isEmpty();
			running = restart(directory, meters, loaders);
			exchange(directory);
		}
		assertThat(meters.getMeters()).hasSize(registered);
		await().atMost(SOON).untilAsserted(() -> {
			assertThat(pipeThreads()).hasSizeLessThanOrEqualTo(threads.size());
			assertThat(Descriptors.open()).isLessThanOrEqualTo(descriptors);
		});
		await().atMost(SOON).untilAsserted(() -> {
			forgetReflection();
			System.gc();
			assertThat(IntStream.range(KEPT_BY_SPRING_BOOT, RESTARTS).filter((i) -> loaders.get(i).get() != null))
				.as("class loaders of stopped applications")
				.hasSizeLessThanOrEqualTo(KEPT_BY_THREAD);
		});
		running.close();
		assertThat(meters.getMeters()).isEmpty();
		await().atMost(SOON).until(() -> pipeThreads().isEmpty());
		System.out.println("nothing is left");
		System.exit(0);
	}

	private static ConfigurableApplicationContext restart(Path directory, MeterRegistry meters,
			List<WeakReference<ClassLoader>> loaders) throws Exception {
		ClassLoader loader = new RestartClassLoader();
		loaders.add(new WeakReference<>(loader));
		Class<?> application = loader.loadClass(RestartedApplication.class.getName());
		assertThat(application).isNotSameAs(RestartedApplication.class);
		FutureTask<ConfigurableApplicationContext> start = new FutureTask<>(
				() -> (ConfigurableApplicationContext) application.getMethod("run", Path.class, MeterRegistry.class)
					.invoke(null, directory, meters));
		Thread thread = new Thread(start, "restartedMain");
		thread.setContextClassLoader(loader);
		thread.start();
		return start.get(60, TimeUnit.SECONDS);
	}

	/**
	 * Runs the application.
	 * @param directory the folder of its pipe
	 * @param meters where its meters are
	 * @return its context
	 */
	public static ConfigurableApplicationContext run(Path directory, MeterRegistry meters) {
		return new SpringApplicationBuilder(RestartedApplication.class).web(WebApplicationType.NONE)
			.registerShutdownHook(false)
			.initializers((context) -> context.getBeanFactory().registerSingleton("meters", meters))
			.properties("logging.level.root=warn", "spring.main.banner-mode=off", "namedpipe.directory=" + directory,
					"namedpipe.server.orders.framing.type=line", "namedpipe.server.orders.payload.type=text",
					"namedpipe.server.orders.gateway.channel=requests", "namedpipe.server.orders.idle-timeout=1h")
			.run();
	}

	@Bean
	IntegrationFlow answer() {
		return IntegrationFlow.from("requests").handle((payload, headers) -> payload + " to you").get();
	}

	static void exchange(Path directory) throws IOException {
		try (PipeClient client = PipeClient.builder("orders").directory(directory).build();
				PipeConnection connection = client.connect()) {
			connection.outputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
			byte[] reply = connection.inputStream().readNBytes("hello to you\n".length());
			assertThat(reply).asString(StandardCharsets.UTF_8).isEqualTo("hello to you\n");
		}
	}

	static List<String> pipeThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.startsWith("namedpipe-"))
			.sorted()
			.toList();
	}

	// What devtools clear too, see its Restarter
	private static void forgetReflection() {
		ReflectionUtils.clearCache();
		ResolvableType.clearCache();
		Introspector.flushCaches();
	}

	/**
	 * Finds the classes of the application itself, even though its parent has them too.
	 */
	private static final class RestartClassLoader extends URLClassLoader {

		RestartClassLoader() {
			super(new URL[] { RestartedApplication.class.getProtectionDomain().getCodeSource().getLocation() },
					RestartedApplication.class.getClassLoader());
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			synchronized (getClassLoadingLock(name)) {
				Class<?> loaded = findLoadedClass(name);
				if (loaded == null && name.startsWith(RestartedApplication.class.getName())) {
					loaded = findClass(name);
				}
				return (loaded != null) ? loaded : super.loadClass(name, resolve);
			}
		}

	}

}
