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

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.namedpipe.PipeConnection;
import io.namedpipe.PipeException;
import io.namedpipe.PipeServer;
import io.namedpipe.PipeStatistics;
import io.namedpipe.transport.memory.MemoryTransport;

/**
 * A pipe of any role that does what a test says, on a server in memory.
 */
public class TestPipe implements NamedPipeOperations, AutoCloseable {

	private final String name;

	private final Role role;

	private final PipeServer server;

	private final Map<PipeConnection, Integer> queues = new LinkedHashMap<>();

	private Status state = Status.NEW;

	private boolean paused;

	private @Nullable Throwable fault;

	private NamedPipeTimings timings = NamedPipeTimings.NONE;

	public TestPipe(String name, Role role, MemoryTransport transport) {
		this.name = name;
		this.role = role;
		try {
			this.server = PipeServer.builder(name).transport(transport).build();
		}
		catch (PipeException ex) {
			throw new IllegalStateException(ex);
		}
	}

	public PipeConnection accept() throws PipeException {
		return this.server.accept();
	}

	public void setFault(@Nullable Throwable fault) {
		this.fault = fault;
	}

	public void setPaused(boolean paused) {
		this.paused = paused;
	}

	public void setQueueSize(PipeConnection connection, int size) {
		this.queues.put(connection, size);
	}

	public NamedPipeTimings getTimings() {
		return this.timings;
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public Role role() {
		return this.role;
	}

	@Override
	public Status status() {
		return this.state;
	}

	@Override
	public boolean isPaused() {
		return this.paused;
	}

	@Override
	public Optional<Throwable> fault() {
		return Optional.ofNullable(this.fault);
	}

	@Override
	public String address() {
		return this.server.address();
	}

	@Override
	public Map<String, Object> settings() {
		return Map.of("max-instances", this.server.maxInstances());
	}

	@Override
	public PipeStatistics statistics() {
		return this.server.statistics();
	}

	@Override
	public Collection<PipeConnection> connections() {
		return this.server.connections();
	}

	@Override
	public int queueSize() {
		return this.queues.values().stream().mapToInt(Integer::intValue).sum();
	}

	@Override
	public int queueSize(PipeConnection connection) {
		return this.queues.getOrDefault(connection, 0);
	}

	@Override
	public void setTimings(NamedPipeTimings timings) {
		this.timings = timings;
	}

	@Override
	public void start() {
		try {
			this.server.start();
			this.state = Status.RUNNING;
		}
		catch (PipeException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void stop() {
		this.server.stop();
		this.state = Status.STOPPED;
	}

	@Override
	public boolean isRunning() {
		return this.state == Status.RUNNING;
	}

	@Override
	public void close() {
		this.server.close();
	}

}
