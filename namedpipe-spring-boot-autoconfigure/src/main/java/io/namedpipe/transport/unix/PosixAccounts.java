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

package io.namedpipe.transport.unix;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.concurrent.TimeUnit;
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
final class PosixAccounts implements AccountDatabase {

	private static final Duration MEMBERSHIP_LIFETIME = Duration.ofSeconds(30);

	private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(2);

	private static final int CACHE_SIZE = 1024;

	private static final PosixAccounts INSTANCE = new PosixAccounts(() -> Best.MEMBERSHIPS, System::nanoTime);

	private final Supplier<@Nullable Memberships> memberships;

	private final LongSupplier nanoTime;

	private final Map<UserPrincipal, String> users = new Cache<>();

	private final Map<GroupPrincipal, String> groups = new Cache<>();

	private final Map<String, Membership> groupIds = new Cache<>();

	private volatile @Nullable String currentUserId;

	PosixAccounts(@Nullable Memberships memberships, LongSupplier nanoTime) {
		this(() -> memberships, nanoTime);
	}

	private PosixAccounts(Supplier<@Nullable Memberships> memberships, LongSupplier nanoTime) {
		this.memberships = memberships;
		this.nanoTime = nanoTime;
	}

	/**
	 * The accounts of this machine, with one cache for all pipes.
	 * @return the accounts
	 */
	static PosixAccounts get() {
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

	@Override
	public Optional<String> userId(String name) {
		if (name.startsWith("-")) {
			return Optional.empty(); // which the JDK would take for a number
		}
		try {
			return Optional.ofNullable(userId(lookupService().lookupPrincipalByName(name)));
		}
		catch (UserPrincipalNotFoundException ex) {
			return Optional.empty();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot look up user '" + name + "'", ex);
		}
	}

	@Override
	public Optional<String> groupId(String name) {
		if (name.startsWith("-")) {
			return Optional.empty();
		}
		try {
			return Optional.ofNullable(groupId(lookupService().lookupPrincipalByGroupName(name)));
		}
		catch (UserPrincipalNotFoundException ex) {
			return Optional.empty();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot look up group '" + name + "'", ex);
		}
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
		long now = this.nanoTime.getAsLong();
		synchronized (this.groupIds) {
			Membership known = this.groupIds.get(userId);
			if (known != null && now - known.nanoTime() < MEMBERSHIP_LIFETIME.toNanos()) {
				return known.groupIds();
			}
		}
		try {
			Set<String> ids = Set.copyOf(source.groupIdsOf(userId));
			synchronized (this.groupIds) {
				this.groupIds.put(userId, new Membership(ids, now));
			}
			return ids;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot look up the groups of user " + userId, ex);
		}
	}

	/**
	 * The uid behind a principal of the default file system.
	 * @param principal the principal
	 * @return the uid in decimal digits, or {@code null} if it cannot be known for sure
	 */
	@Nullable String userId(UserPrincipal principal) {
		return cached(this.users, principal, () -> {
			String id = guess(principal, lookupService()::lookupPrincipalByName, principal.hashCode());
			return (id != null) ? id : Command.idOrNull("-u", principal.getName());
		});
	}

	/**
	 * The gid behind a principal of the default file system.
	 * @param principal the principal
	 * @return the gid in decimal digits, or {@code null} if it cannot be known for sure
	 */
	@Nullable String groupId(GroupPrincipal principal) {
		int hash = principal.hashCode();
		return cached(this.groups, principal,
				() -> guess(principal, lookupService()::lookupPrincipalByGroupName, hash, -hash - 1));
	}

	private static <P> @Nullable String cached(Map<P, String> cache, P principal, Supplier<@Nullable String> lookup) {
		synchronized (cache) {
			String known = cache.get(principal);
			if (known != null) {
				return known;
			}
		}
		String id = lookup.get();
		if (id != null) {
			synchronized (cache) {
				cache.put(principal, id);
			}
		}
		return id;
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
	 * Answers which groups a user is in by the account database.
	 */
	interface Memberships {

		/**
		 * The groups of a user.
		 * @param userId the uid
		 * @return the gids, empty for an unknown user
		 * @throws IOException if the account database cannot be asked
		 */
		Set<String> groupIdsOf(String userId) throws IOException;

		/**
		 * The best way there is here.
		 * @return {@code getgrouplist(3)} where JNA is there, else {@code id(1)}, else
		 * {@code null}
		 */
		static @Nullable Memberships best() {
			try {
				return new NativeMemberships();
			}
			catch (LinkageError ex) {
				return (Command.ID != null) ? new CommandMemberships() : null;
			}
		}

	}

	/**
	 * Looked for when a rule first asks for a group: it takes a native library.
	 */
	private static final class Best {

		private static final @Nullable Memberships MEMBERSHIPS = Memberships.best();

	}

	/**
	 * Memberships by {@code id -G}.
	 */
	static final class CommandMemberships implements Memberships {

		private static final Path PASSWD = Path.of("/etc/passwd");

		@Override
		public Set<String> groupIdsOf(String userId) throws IOException {
			String ids = Command.id("-G", nameOf(userId));
			return (ids != null) ? new LinkedHashSet<>(Arrays.asList(ids.split("\\s+"))) : Set.of();
		}

		// not every id takes a number for a user
		private static String nameOf(String userId) throws IOException {
			if (Files.isReadable(PASSWD)) {
				for (String line : Files.readAllLines(PASSWD, StandardCharsets.ISO_8859_1)) {
					String[] fields = line.split(":", 4);
					if (fields.length == 4 && fields[2].equals(userId)) {
						return new String(fields[0].getBytes(StandardCharsets.ISO_8859_1));
					}
				}
			}
			return userId;
		}

	}

	/**
	 * The effective user of this process. {@code user.name} is the real one, and can be
	 * set on the command line.
	 */
	private static final class EffectiveUser {

		private static final Path STATUS = Path.of("/proc/self/status");

		static String id() {
			try {
				String id = fromStatus();
				if (id == null) {
					id = fromFile();
				}
				if (id == null) {
					id = Command.idOrNull("-u");
				}
				if (id == null) {
					throw new IOException("neither /proc nor id(1) tells");
				}
				return id;
			}
			catch (IOException ex) {
				throw new UncheckedIOException("Cannot find out which user this process runs as", ex);
			}
		}

		private static @Nullable String fromStatus() throws IOException {
			if (!Files.isReadable(STATUS)) {
				return null;
			}
			String status = Files.readString(STATUS);
			int line = status.indexOf("\nUid:");
			if (line < 0) {
				return null;
			}
			StringTokenizer ids = new StringTokenizer(status.substring(line + "\nUid:".length()));
			ids.nextToken(); // the real one
			return ids.nextToken();
		}

		private static @Nullable String fromFile() {
			try {
				Path file = Files.createTempFile("namedpipe", null);
				try {
					Object uid = Files.getAttribute(file, "unix:uid");
					return Integer.toUnsignedString((Integer) uid);
				}
				finally {
					Files.delete(file);
				}
			}
			catch (IOException | UnsupportedOperationException | IllegalArgumentException ex) {
				return null;
			}
		}

	}

	/**
	 * {@code id(1)}, called by its full path and waited for a short time only.
	 */
	private static final class Command {

		private static final Pattern NUMBERS = Pattern.compile("\\d+(\\s+\\d+)*");

		private static final @Nullable String ID = find("/usr/bin/id", "/bin/id");

		/**
		 * Runs the command.
		 * @param arguments an option and its arguments
		 * @return the numbers it prints, or {@code null} if it knows no such user
		 */
		static @Nullable String id(String... arguments) throws IOException {
			if (ID == null) {
				throw new IOException("There is no id command");
			}
			List<String> command = new ArrayList<>(List.of(ID));
			command.addAll(List.of(arguments));
			command.add(2, "--");
			Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
			try {
				process.getOutputStream().close();
				if (!process.waitFor(COMMAND_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
					throw new IOException(String.join(" ", command) + " takes too long");
				}
				String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).trim();
				return (process.exitValue() == 0 && NUMBERS.matcher(output).matches()) ? output : null;
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new InterruptedIOException("Interrupted while waiting for " + String.join(" ", command));
			}
			finally {
				process.destroyForcibly();
			}
		}

		static @Nullable String idOrNull(String... arguments) {
			try {
				return id(arguments);
			}
			catch (IOException ex) {
				return null;
			}
		}

		private static @Nullable String find(String... candidates) {
			return Arrays.stream(candidates)
				.filter((candidate) -> Files.isExecutable(Path.of(candidate)))
				.findFirst()
				.orElse(null);
		}

	}

	private interface Lookup {

		UserPrincipal byName(String name) throws IOException;

	}

	private record Membership(Set<String> groupIds, long nanoTime) {
	}

	/**
	 * Forgets the entry that was not used for longest. Guarded by itself.
	 */
	private static final class Cache<K, V> extends LinkedHashMap<K, V> {

		Cache() {
			super(16, 0.75f, true);
		}

		@Override
		protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
			return size() > CACHE_SIZE;
		}

	}

}
