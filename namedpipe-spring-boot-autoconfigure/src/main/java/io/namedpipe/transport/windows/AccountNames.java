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

package io.namedpipe.transport.windows;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.TransportException;

/**
 * Caches the names of accounts by their SIDs. Looking up a name may ask a domain
 * controller, so it is done once, and a connection waits at most some seconds for it: the
 * SID identifies its peer.
 */
final class AccountNames {

	private static final Log logger = LogFactory.getLog(AccountNames.class);

	private static final int MOST_NAMES = 256;

	/** A look-up without an answer takes seconds. */
	private static final Duration UNKNOWN_FOR = Duration.ofSeconds(30);

	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private final Map<String, Name> names = new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Name> eldest) {
			return size() > MOST_NAMES;
		}

	};

	private final RemoteCall<Optional<String>> question = new RemoteCall<>((name) -> {
	});

	/**
	 * The name of an account.
	 * @param sid the SID in words
	 * @param lookUp asks for the name, for as long as it takes
	 * @return {@code DOMAIN\name}, or {@code null} if nobody knows it or has said so in
	 * time
	 */
	@Nullable String nameOf(String sid, Supplier<Optional<String>> lookUp) {
		Name known = known(sid);
		if (known != null) {
			return known.account();
		}
		try {
			return this.question.ask((call) -> found(sid, lookUp.get()), "Whoever knows the account " + sid, PATIENCE)
				.orElse(null);
		}
		catch (TransportException ex) {
			logger.debug("The name of an account is not known", ex);
			if (!Thread.currentThread().isInterrupted() && known(sid) == null) {
				found(sid, Optional.empty());
			}
			return null;
		}
	}

	private @Nullable Name known(String sid) {
		synchronized (this.names) {
			Name known = this.names.get(sid);
			return (known != null && known.isCurrent(System.nanoTime())) ? known : null;
		}
	}

	// also called for an answer that no connection waits for any more
	private Optional<String> found(String sid, Optional<String> account) {
		synchronized (this.names) {
			this.names.put(sid, new Name(account.orElse(null), System.nanoTime()));
		}
		return account;
	}

	private record Name(@Nullable String account, long since) {

		boolean isCurrent(long now) {
			return this.account != null || now - this.since < UNKNOWN_FOR.toNanos();
		}

	}

}
