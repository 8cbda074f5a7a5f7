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

package io.namedpipe.actuate;

import java.util.Collection;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;

import io.namedpipe.integration.NamedPipeOperations;

/**
 * Health of all pipes by logical name. Pipes may be added and removed.
 */
public final class NamedPipeHealthContributor implements CompositeHealthContributor {

	private final Supplier<? extends Collection<? extends NamedPipeOperations>> pipes;

	/**
	 * Creates the contributor.
	 * @param pipes gives the pipes that there are at the moment
	 */
	public NamedPipeHealthContributor(Supplier<? extends Collection<? extends NamedPipeOperations>> pipes) {
		this.pipes = pipes;
	}

	@Override
	public @Nullable HealthContributor getContributor(String name) {
		return stream().filter((entry) -> entry.name().equals(name)).map(Entry::contributor).findFirst().orElse(null);
	}

	@Override
	public Stream<Entry> stream() {
		return this.pipes.get().stream().map((pipe) -> new Entry(pipe.getName(), new NamedPipeHealthIndicator(pipe)));
	}

}
