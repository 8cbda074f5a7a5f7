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

package io.namedpipe.docs;

import java.io.IOException;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.channel.QueueChannel;
import org.springframework.util.ClassUtils;

import io.namedpipe.integration.NamedPipeHeaders;
import io.namedpipe.integration.event.NamedPipeEvent;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares the page of names with what an application has.
 */
@Timeout(120)
class NamesTests {

	private static final Pattern CODE = Pattern.compile("`([^`]+)`");

	private static Page page;

	private static ConfigurableApplicationContext application;

	@BeforeAll
	static void start() throws IOException {
		page = Page.read(Page.ROOT.resolve("namedpipe-spring-boot-autoconfigure/docs/names.md"));
		application = new SpringApplicationBuilder(Everything.class).web(WebApplicationType.NONE)
			.properties("spring.config.location=optional:classpath:/none/")
			.run(Stream
				.of("server.every-server.inbound.channel=in", "server.every-server.outbound.channel=toClients",
						"server.every-gateway.gateway.channel=requests", "client.every-client.inbound.channel=in",
						"client.every-client.outbound.channel=toServer", "client.every-caller.gateway.channel=calls",
						"client.every-socket.socket-factory=true", "process.every-child.command=cat",
						"process.every-child.to-child.channel=toChild", "process.every-child.from-child.channel=in",
						"process.every-answer.command=cat", "process.every-answer.gateway.channel=questions")
				.flatMap(NamesTests::notStarted)
				.distinct()
				.toArray(String[]::new));
	}

	private static Stream<String> notStarted(String property) {
		String entry = property.substring(0, property.indexOf('.', property.indexOf('.') + 1));
		Stream<String> arguments = Stream.of("--namedpipe." + property);
		return property.contains("socket-factory") ? arguments
				: Stream.concat(arguments, Stream.of("--namedpipe." + entry + ".auto-startup=false"));
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void whenAnEntryHasABeanThenThePageNamesItWithItsType() {
		Map<String, String> beans = new TreeMap<>();
		for (String name : application.getBeanDefinitionNames()) {
			List<MatchResult> match = Pattern
				.compile("every-?\\w+?(NamedPipe(?:Server|Client|Process|SocketFactory)\\w*)")
				.matcher(name)
				.results()
				.toList();
			if (!match.isEmpty() && match.get(0).group().equals(name)) {
				beans.put("<name>" + match.get(0).group(1),
						ClassUtils.getUserClass(application.getBean(name)).getSimpleName());
			}
		}

		Map<String, String> named = new TreeMap<>();
		page.table("## Beans").forEach((row) -> named.put(code(row.get(0)), code(row.get(1))));

		assertThat(named).isEqualTo(beans);
	}

	@Test
	void whenThereIsAHeaderThenThePageNamesIt() throws IllegalAccessException {
		Set<String> headers = new TreeSet<>();
		for (Field field : NamedPipeHeaders.class.getFields()) {
			if (!field.getName().equals("PREFIX")) {
				headers.add((String) field.get(null));
			}
		}

		assertThat(page.table("## Headers")).extracting((row) -> code(row.get(0)))
			.containsExactlyInAnyOrderElementsOf(headers);
	}

	@Test
	void whenThereIsAnEventThenThePageNamesItWithWhatItTells() {
		Map<String, Set<String>> events = new TreeMap<>();
		for (String name : ProjectClasses.names()) {
			Class<?> type = name.startsWith(NamedPipeEvent.class.getPackageName() + ".")
					? ClassUtils.resolveClassName(name, null) : Object.class;
			if (NamedPipeEvent.class.isAssignableFrom(type) && type != NamedPipeEvent.class) {
				events.put(type.getSimpleName(),
						Arrays.stream(type.getDeclaredMethods())
							.filter((method) -> method.getName().startsWith("get"))
							.map((method) -> method.getName() + "()")
							.collect(Collectors.toCollection(TreeSet::new)));
			}
		}

		Map<String, Set<String>> named = new TreeMap<>();
		page.table("## Events").forEach((row) -> named.put(code(row.get(0)), new TreeSet<>(codes(row.get(2)))));

		assertThat(named).isEqualTo(events);
	}

	@Test
	void whenThereIsAMeterThenThePageNamesItWithItsTags() {
		Map<String, Set<String>> meters = new TreeMap<>();
		for (Meter meter : application.getBean(PrometheusMeterRegistry.class).getMeters()) {
			if (meter.getId().getName().startsWith("namedpipe.")) {
				Set<String> tags = meters.computeIfAbsent(meter.getId().getName(), (name) -> new TreeSet<>());
				for (Tag tag : meter.getId().getTags()) {
					if (!tag.getKey().equals("pipe") && !tag.getKey().equals("role")) {
						tags.add(tag.getKey());
						tags.add(tag.getValue());
					}
				}
			}
		}

		Map<String, Set<String>> named = new TreeMap<>();
		page.table("## Meters").forEach((row) -> named.put(code(row.get(0)), new TreeSet<>(codes(row.get(2)))));

		assertThat(named).isEqualTo(meters);
	}

	@Test
	void whenPrometheusAsksThenThePageHasItsNames() {
		Map<String, String> exported = new LinkedHashMap<>();
		application.getBean(PrometheusMeterRegistry.class)
			.scrape()
			.lines()
			.filter((line) -> line.startsWith("# TYPE namedpipe_") && !line.contains("_seconds_max "))
			.forEach((line) -> exported.put(line.split(" ")[2], line));

		assertThat(page.table("## Meters")).extracting((row) -> code(row.get(1)))
			.containsExactlyInAnyOrderElementsOf(exported.keySet());
	}

	private static String code(String cell) {
		return codes(cell).get(0);
	}

	private static List<String> codes(String cell) {
		return CODE.matcher(cell).results().map((match) -> match.group(1)).toList();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Everything {

		@Bean
		PrometheusMeterRegistry registry() {
			return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		}

		@Bean
		QueueChannel in() {
			return new QueueChannel();
		}

		@Bean
		QueueChannel requests() {
			return new QueueChannel();
		}

	}

}
