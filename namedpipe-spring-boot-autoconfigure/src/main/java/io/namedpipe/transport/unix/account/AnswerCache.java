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

package io.namedpipe.transport.unix.account;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Keeps answers of the account database, which may be on another machine, for some time.
 * Forgets the one that was not used for longest once there are too many. Thread-safe.
 *
 * @param <K> what is asked for
 * @param <V> the answer
 */
final class AnswerCache<K, V> {

	private static final int CAPACITY = 1024;

	private final Map<K, Answer<V>> answers = new LinkedHashMap<>(16, 0.75f, true) {

		@Override
		protected boolean removeEldestEntry(Map.Entry<K, Answer<V>> eldest) {
			return size() > CAPACITY;
		}

	};

	private final long lifetime;

	private final LongSupplier nanoTime;

	/**
	 * A cache.
	 * @param lifetime how long an answer is kept
	 * @param nanoTime the clock
	 */
	AnswerCache(Duration lifetime, LongSupplier nanoTime) {
		this.lifetime = lifetime.toNanos();
		this.nanoTime = nanoTime;
	}

	/**
	 * Answers a question again, or for the first time.
	 * @param key the question
	 * @param lookup asks the database. It is not called under a lock; an answer of
	 * {@code null} is not kept
	 * @param <E> what it throws
	 * @return the answer
	 * @throws E if the database cannot be asked
	 */
	<E extends Exception> @Nullable V get(K key, Lookup<V, E> lookup) throws E {
		long now = this.nanoTime.getAsLong();
		synchronized (this.answers) {
			Answer<V> known = this.answers.get(key);
			if (known != null && now - known.nanoTime() < this.lifetime) {
				return known.value();
			}
		}
		V value = lookup.lookUp();
		if (value != null) {
			synchronized (this.answers) {
				this.answers.put(key, new Answer<>(value, now));
			}
		}
		return value;
	}

	/**
	 * Asks the account database.
	 *
	 * @param <V> the answer
	 * @param <E> what it throws
	 */
	@FunctionalInterface
	interface Lookup<V, E extends Exception> {

		@Nullable V lookUp() throws E;

	}

	private record Answer<V>(V value, long nanoTime) {
	}

}
