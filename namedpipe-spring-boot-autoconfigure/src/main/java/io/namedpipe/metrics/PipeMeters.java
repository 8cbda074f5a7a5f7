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

package io.namedpipe.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.search.Search;

import io.namedpipe.CloseReason;
import io.namedpipe.DropReason;
import io.namedpipe.PipeErrorType;
import io.namedpipe.PipeStatistics;
import io.namedpipe.RejectReason;
import io.namedpipe.integration.NamedPipeOperations;
import io.namedpipe.integration.NamedPipeOperations.Role;
import io.namedpipe.integration.NamedPipeTimings;

/**
 * The meters of one pipe. What is counted anyway is read from its statistics whenever the
 * registry asks, so that counting costs nothing more; what takes time is recorded by
 * timers that are looked up once. The meters exist until {@link #close()}.
 */
public final class PipeMeters implements NamedPipeTimings, AutoCloseable {

	private static final Outcome[] OUTCOMES = Outcome.values();

	private static final Timer[] NONE = {};

	private final MeterRegistry registry;

	private final Tags tags;

	private final PipeStatistics statistics;

	private final List<Meter> meters = new ArrayList<>();

	private final Timer dispatch;

	private final Timer[] exchange;

	private final Timer[] connect;

	/**
	 * Registers the meters of a pipe.
	 * @param registry where
	 * @param pipe the pipe
	 */
	public PipeMeters(MeterRegistry registry, NamedPipeOperations pipe) {
		this.registry = registry;
		this.tags = Tags.of("pipe", pipe.getName(), "role", pipe.role().tag());
		this.statistics = pipe.statistics();
		gauge("namedpipe.connections.current", "Connections open now", PipeStatistics::current);
		gauge("namedpipe.connections.max", "Most connections that were open at once", PipeStatistics::max);
		gauge("namedpipe.connections.stuck", "Connections whose peers do not read what is written to them",
				PipeStatistics::stuck);
		counter("namedpipe.connections.accepted", "Connections opened", PipeStatistics::accepted);
		counters("namedpipe.connections.closed", "Connections closed", "reason", CloseReason.values(), CloseReason::tag,
				PipeStatistics::closed);
		counter("namedpipe.bytes.in", "Bytes read, framing included", PipeStatistics::bytesIn);
		counter("namedpipe.bytes.out", "Bytes written, framing included", PipeStatistics::bytesOut);
		counter("namedpipe.messages.in", "Messages read", PipeStatistics::messagesIn);
		counter("namedpipe.messages.out", "Messages written", PipeStatistics::messagesOut);
		counters("namedpipe.messages.dropped", "Messages dropped before they were written", "reason",
				DropReason.values(), DropReason::tag, PipeStatistics::dropped);
		counters("namedpipe.errors", "Errors", "type", PipeErrorType.values(), PipeErrorType::tag,
				PipeStatistics::errors);
		gauge("namedpipe.queue.size", "Messages waiting to be written", (ignored) -> pipe.queueSize());
		this.dispatch = timer("namedpipe.dispatch", "From a message being read to its flow having returned",
				Tags.empty());
		if (pipe.role() == Role.SERVER) {
			counters("namedpipe.connections.rejected", "Rejected peers", "reason", RejectReason.values(),
					RejectReason::tag, PipeStatistics::rejected);
		}
		boolean process = pipe.role() == Role.PROCESS;
		if (process) {
			counter("namedpipe.process.restarts", "Restarts of the child process", (ignored) -> pipe.restarts());
		}
		boolean client = pipe.role() == Role.CLIENT;
		this.exchange = (client || process)
				? timers("namedpipe.exchange", "From a request being taken to its reply being there") : NONE;
		this.connect = (client) ? timers("namedpipe.connect", "Attempts to connect") : NONE;
	}

	@Override
	public void dispatched(long nanos) {
		this.dispatch.record(nanos, TimeUnit.NANOSECONDS);
	}

	@Override
	public void exchanged(Outcome outcome, long nanos) {
		this.exchange[outcome.ordinal()].record(nanos, TimeUnit.NANOSECONDS);
	}

	@Override
	public void connected(Outcome outcome, long nanos) {
		this.connect[outcome.ordinal()].record(nanos, TimeUnit.NANOSECONDS);
	}

	/**
	 * Removes the meters, those that observations of the pipe have left behind included.
	 */
	@Override
	public void close() {
		this.meters.forEach(this.registry::remove);
		this.meters.clear();
		Search.in(this.registry)
			.name((name) -> name.startsWith("namedpipe."))
			.tags(this.tags)
			.meters()
			.forEach(this.registry::remove);
	}

	private void gauge(String name, String description, ToDoubleFunction<PipeStatistics> value) {
		this.meters.add(Gauge.builder(name, this.statistics, value)
			.description(description)
			.tags(this.tags)
			.register(this.registry));
	}

	private void counter(String name, String description, ToDoubleFunction<PipeStatistics> value) {
		counter(name, description, this.tags, value);
	}

	private void counter(String name, String description, Tags tags, ToDoubleFunction<PipeStatistics> value) {
		this.meters.add(FunctionCounter.builder(name, this.statistics, value)
			.description(description)
			.tags(tags)
			.register(this.registry));
	}

	private <E> void counters(String name, String description, String key, E[] constants, Function<E, String> tag,
			ToDoubleBiFunction<PipeStatistics, E> value) {
		for (E constant : constants) {
			counter(name, description, this.tags.and(key, tag.apply(constant)),
					(statistics) -> value.applyAsDouble(statistics, constant));
		}
	}

	private Timer timer(String name, String description, Tags tags) {
		Timer timer = Timer.builder(name).description(description).tags(this.tags.and(tags)).register(this.registry);
		this.meters.add(timer);
		return timer;
	}

	private Timer[] timers(String name, String description) {
		return Arrays.stream(OUTCOMES)
			.map((outcome) -> timer(name, description, Tags.of("outcome", outcome.tag())))
			.toArray(Timer[]::new);
	}

}
