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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.AccountDatabase;

/**
 * The users and groups of a POSIX system, and the numbers behind the JDK's principals.
 * Thread-safe.
 * <p>
 * The JDK knows the uid behind a {@link UserPrincipal} but does not show it. Its hash
 * code is the uid in every JDK so far, which is taken as a guess only: it counts once the
 * principal that the JDK makes of the guess equals the one in hand. Where that fails
 * {@code id(1)} is asked, and where that fails too the id is unknown, which matches no
 * rule.
 */
public final class PosixAccounts implements AccountDatabase {

	/** What the kernel shows for an id that our user namespace has no number for. */
	public static final String UNMAPPED = "65534";

	/** A principal has its number in it. */
	private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);

	private static final Duration LIFETIME = Duration.ofSeconds(30);

	private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");

	private static final long LARGEST_ID = 0xFFFFFFFEL;

	private static final PosixAccounts INSTANCE = new PosixAccounts(() -> BestMemberships.MEMBERSHIPS,
			System::nanoTime);

	private final Supplier<@Nullable Memberships> memberships;

	private final AnswerCache<UserPrincipal, String> users;

	private final AnswerCache<GroupPrincipal, String> groups;

	private final AnswerCache<String, String> userIds;

	private final AnswerCache<String, String> groupIds;

	private final AnswerCache<String, Set<String>> memberGroups;

	private volatile @Nullable String currentUserId;

	PosixAccounts(@Nullable Memberships memberships, LongSupplier nanoTime) {
		this(() -> memberships, nanoTime);
	}

	private PosixAccounts(Supplier<@Nullable Memberships> memberships, LongSupplier nanoTime) {
		this.memberships = memberships;
		this.users = new AnswerCache<>(FOR_EVER, nanoTime);
		this.groups = new AnswerCache<>(FOR_EVER, nanoTime);
		this.userIds = new AnswerCache<>(LIFETIME, nanoTime);
		this.groupIds = new AnswerCache<>(LIFETIME, nanoTime);
		this.memberGroups = new AnswerCache<>(LIFETIME, nanoTime);
	}

	/**
	 * The accounts of this machine, with one cache for all pipes.
	 * @return the accounts
	 */
	public static PosixAccounts get() {
		return INSTANCE;
	}

	@Override
	public String currentUserId() {
		String id = this.currentUserId;
		if (id == null) {
			id = EffectiveUser.id();
			this.currentUserId = id;
		}
		return id;
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * An id is kept for 30 seconds: a client that waits for its server asks at each
	 * attempt.
	 */
	@Override
	public Optional<String> userId(String name) {
		return id(this.userIds, "user", name, () -> userId(lookupService().lookupPrincipalByName(name)));
	}

	@Override
	public Optional<String> groupId(String name) {
		return id(this.groupIds, "group", name, () -> groupId(lookupService().lookupPrincipalByGroupName(name)));
	}

	private static Optional<String> id(AnswerCache<String, String> cache, String kind, String name,
			AnswerCache.Lookup<String, IOException> lookup) {
		if (!mayBeName(name)) {
			return Optional.empty();
		}
		try {
			return Optional.ofNullable(cache.get(name, lookup));
		}
		catch (UserPrincipalNotFoundException ex) {
			// the JDK takes numbers, too, unless they are from 2^31 on
			return Optional.of(name)
				.filter((text) -> NUMBER.matcher(text).matches() && Long.parseLong(text) <= LARGEST_ID);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot look up " + kind + " '" + name + "': " + ex.getMessage(), ex);
		}
	}

	// a name that the JDK would truncate, or take for an unintended number
	private static boolean mayBeName(String name) {
		return !name.isBlank() && name.indexOf('\0') < 0 && !name.startsWith("-") && !name.startsWith("+")
				&& name.chars().noneMatch((character) -> character > '9' && Character.isDigit(character));
	}

	@Override
	public boolean knowsMemberships() {
		return this.memberships.get() != null;
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * An answer is kept for 30 seconds, so that a peer that is turned away and tries
	 * again at once does not cost a look-up each time.
	 */
	@Override
	public Set<String> groupIdsOf(String userId) {
		Memberships source = this.memberships.get();
		if (source == null) {
			return Set.of();
		}
		try {
			Set<String> ids = this.memberGroups.get(userId, () -> Set.copyOf(source.groupIdsOf(userId)));
			return (ids != null) ? ids : Set.of();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot look up the groups of user " + userId + ": " + ex.getMessage(), ex);
		}
	}

	/**
	 * The uid behind a principal of the default file system.
	 * @param principal the principal
	 * @return the uid in decimal digits, or {@code null} if it cannot be known for sure
	 */
	public @Nullable String userId(UserPrincipal principal) {
		return this.users.get(principal, () -> {
			String id = guess(principal, lookupService()::lookupPrincipalByName, principal.hashCode());
			return (id != null) ? id : IdCommand.runOrNull("-u", principal.getName());
		});
	}

	/**
	 * The gid behind a principal of the default file system.
	 * @param principal the principal
	 * @return the gid in decimal digits, or {@code null} if it cannot be known for sure
	 */
	public @Nullable String groupId(GroupPrincipal principal) {
		int hash = principal.hashCode();
		return this.groups.get(principal,
				() -> guess(principal, lookupService()::lookupPrincipalByGroupName, hash, -hash - 1));
	}

	private static @Nullable String guess(UserPrincipal principal, Lookup lookup, int... guesses) {
		for (int guess : guesses) {
			try {
				if (guess != -1 && lookup.byName(Integer.toString(guess)).equals(principal)) {
					return Integer.toUnsignedString(guess);
				}
			}
			catch (IOException ex) {
				// not an id then
			}
		}
		return null;
	}

	private static UserPrincipalLookupService lookupService() {
		return FileSystems.getDefault().getUserPrincipalLookupService();
	}

	/**
	 * Selected when a rule first needs a group, as that loads a native library.
	 */
	private static final class BestMemberships {

		private static final @Nullable Memberships MEMBERSHIPS = Memberships.best();

	}

	private interface Lookup {

		UserPrincipal byName(String name) throws IOException;

	}

}
