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

import java.util.Map;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.messaging.Message;

import io.namedpipe.integration.NamedPipeObserver;
import io.namedpipe.integration.NamedPipeOperations;
import io.namedpipe.integration.NamedPipeOperations.Role;
import io.namedpipe.integration.NamedPipeSession;
import io.namedpipe.transport.ProcessIdentity;

/**
 * Opens the observations of one pipe. A registry that observes nothing, also only for the
 * moment, costs nothing.
 */
public final class PipeObservations implements NamedPipeObserver {

	private final ObservationRegistry registry;

	private final NamedPipeObservationConventions conventions;

	private final String name;

	private final Role role;

	/**
	 * Creates the observations of a pipe.
	 * @param registry where
	 * @param conventions conventions of the user's
	 * @param pipe the pipe
	 */
	public PipeObservations(ObservationRegistry registry, NamedPipeObservationConventions conventions,
			NamedPipeOperations pipe) {
		this.registry = registry;
		this.conventions = conventions;
		this.name = pipe.getName();
		this.role = pipe.role();
	}

	@Override
	public Work receiving(Message<?> message, NamedPipeSession session, boolean replying) {
		if (this.registry.isNoop()) {
			return Work.NONE;
		}
		return new Observed(NamedPipeObservation.RECEIVE.start(this.conventions.receive(),
				DefaultNamedPipeReceiveObservationConvention.INSTANCE,
				() -> new NamedPipeReceiverContext(message, this.name, this.role, session.connection().id(), replying),
				this.registry));
	}

	@Override
	public Work sending(Message<?> message) {
		if (this.registry.isNoop()) {
			return Work.NONE;
		}
		return new Observed(NamedPipeObservation.SEND.start(this.conventions.send(),
				DefaultNamedPipeSendObservationConvention.INSTANCE,
				() -> new NamedPipeSenderContext(message, this.name, this.role, false), this.registry));
	}

	@Override
	public Work requesting(Message<?> message) {
		if (this.registry.isNoop()) {
			return Work.NONE;
		}
		return new Observed(NamedPipeObservation.REQUEST.start(this.conventions.request(),
				DefaultNamedPipeRequestObservationConvention.INSTANCE,
				() -> new NamedPipeSenderContext(message, this.name, this.role, true), this.registry));
	}

	/**
	 * Work with an observation that is current meanwhile.
	 */
	private static final class Observed implements Work {

		private final Observation observation;

		private final Observation.Scope scope;

		private final Thread thread = Thread.currentThread();

		// Of that thread, which alone can close the scope
		private boolean scopeClosed;

		Observed(Observation observation) {
			this.observation = observation;
			this.scope = observation.openScope();
		}

		@Override
		public Map<String, String> headers() {
			return (this.observation.getContext() instanceof NamedPipeSenderContext context) ? context.headers()
					: Map.of();
		}

		@Override
		public void failed(Throwable failure) {
			this.observation.error(failure);
		}

		@Override
		public void leaveThread() {
			if (!this.scopeClosed) {
				this.scopeClosed = true;
				this.scope.close();
			}
		}

		@Override
		public void close() {
			this.observation.getContext().put(ObservationKeys.DONE, true);
			if (ProcessIdentity.isLost()) {
				// the scope ends with the thread
				ProcessIdentity.executeUnlessLost(this.observation::stop);
				return;
			}
			if (Thread.currentThread() == this.thread) {
				leaveThread();
			}
			this.observation.stop();
		}

	}

}
