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

package io.namedpipe.access;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.namedpipe.access.AccessCheck.Membership;
import io.namedpipe.transport.AccessPolicy;
import io.namedpipe.transport.AccountDatabase;
import io.namedpipe.transport.PosixAccess;
import io.namedpipe.transport.Setting;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * Who may connect to a pipe and what a client may do with it: only the server's own user,
 * rules that allow and deny, or a security descriptor. Immutable.
 * <p>
 * Whatever form they have, they become a list of access control entries that is walked
 * from the top, on Windows by the kernel and on a POSIX system by this library:
 * <ul>
 * <li>rules: the server's own account with everything, then all denies, then all
 * allows;</li>
 * <li>SDDL: what it says, in its order. The server's own account has no privilege that is
 * not in there.</li>
 * </ul>
 * On a POSIX system {@code WD} is everyone; {@code AU}, {@code BU} and {@code IU} any
 * local user; {@code BA} and {@code SY} root; {@code OW} and {@code CO} the server's
 * user, or the owner that a security descriptor names ({@code O:}); {@code S-1-22-1-uid}
 * and {@code S-1-22-2-gid} a user and a group. Any other SID is nobody. A peer whose uid
 * is not known, or is 65534 as the kernel shows for one that it cannot map, is allowed
 * only what everyone is, and denied whatever anybody is.
 */
public final class AccessRules implements AccessPolicy {

	private static final int GENERIC_ALL = Right.GA.mask();

	private final Form form;

	private AccessRules(Form form) {
		this.form = form;
	}

	/**
	 * The default: only the user that the server runs as, and the system's own account
	 * (root; on Windows SYSTEM).
	 * @return the rules
	 */
	public static AccessRules currentUserOnly() {
		return new AccessRules(new CurrentUser());
	}

	/**
	 * Rules by principal. Without any, only the server's own account gets in.
	 * @return a builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * A security descriptor. On Windows it is applied as it is.
	 * @param sddl the text, which must have a DACL
	 * @return the rules
	 * @throws SddlException if the text is wrong, has something that is not supported, or
	 * has no DACL or a NULL one, which would let everybody in
	 */
	public static AccessRules sddl(String sddl) {
		SecurityDescriptor descriptor = SecurityDescriptor.parse(sddl);
		SecurityDescriptor.Dacl dacl = descriptor.dacl();
		if (dacl == null) {
			throw new SddlException(sddl, sddl.length(), "there is no DACL (D:), which would let everybody in");
		}
		List<Ace> aces = dacl.aces();
		if (aces == null) {
			throw new SddlException(sddl, Ascii.upper(sddl).indexOf(SddlParser.NULL_DACL),
					"a NULL DACL would let everybody in");
		}
		return new AccessRules(new Sddl(sddl.trim(), descriptor, ownersNamed(descriptor.owner(), aces)));
	}

	// Whom OW and CO stand for. Windows itself knows CO only where entries are inherited
	private static List<Ace> ownersNamed(@Nullable Sid owner, List<Ace> aces) {
		Sid named = (owner != null && !isOwner(owner)) ? owner : Sid.OWNER_RIGHTS;
		return aces.stream().map((ace) -> isOwner(ace.sid()) ? ace.about(named) : ace).toList();
	}

	private static boolean isOwner(Sid sid) {
		return sid.equals(Sid.OWNER_RIGHTS) || sid.equals(Sid.CREATOR_OWNER);
	}

	@Override
	public PosixAccess posix(AccountDatabase accounts) throws TransportException {
		try {
			return new PosixPolicy(this.form.posixAces(accounts), accounts, this.form.posixWarnings());
		}
		catch (UncheckedIOException ex) {
			throw cannotAsk(this.form, null, ex);
		}
	}

	@Override
	public String securityDescriptor(AccountDatabase accounts, boolean rejectRemoteClients) throws TransportException {
		try {
			return this.form.securityDescriptor(accounts, rejectRemoteClients);
		}
		catch (UncheckedIOException ex) {
			throw cannotAsk(this.form, null, ex);
		}
	}

	private static TransportException cannotAsk(Form form, @Nullable Setting setting, UncheckedIOException ex) {
		return new TransportException(Reason.INVALID_ACCESS, setting,
				"The access rules (" + form + ") cannot be enforced: " + ex.getMessage(), ex);
	}

	@Override
	public List<String> securityDescriptorWarnings(AccountDatabase accounts) {
		return this.form.securityDescriptorWarnings(accounts);
	}

	@Override
	public String toString() {
		return this.form.toString();
	}

	private static String protectedDacl(AccountDatabase accounts, boolean rejectRemoteClients, List<Ace> clients) {
		List<Ace> aces = new ArrayList<>();
		// first, as the server may itself have logged on over the network
		aces.add(new Ace(Ace.Type.ALLOW, GENERIC_ALL, Sid.parse(accounts.currentUserId())));
		if (rejectRemoteClients) {
			aces.add(new Ace(Ace.Type.DENY, GENERIC_ALL, Sid.NETWORK));
		}
		aces.addAll(clients);
		return new SecurityDescriptor(null, null,
				new SecurityDescriptor.Dacl(Set.of(SecurityDescriptor.Flag.PROTECTED), aces))
			.toSddl();
	}

	/**
	 * Collects rules. The order of the calls does not matter: denies come before allows.
	 */
	public static final class Builder {

		private final List<Rule> allowed = new ArrayList<>();

		private final List<Rule> denied = new ArrayList<>();

		private Builder() {
		}

		/**
		 * Allows.
		 * <p>
		 * A principal is a well-known name ({@code Everyone},
		 * {@code Authenticated Users}, {@code Users}, {@code Administrators},
		 * {@code SYSTEM}, ...), a user, {@code group:NAME}, on Windows
		 * {@code DOMAIN\name}, a SID, or on a POSIX system a uid. Names are looked up
		 * when the server starts; one that is not found stops the start.
		 * @param principal who
		 * @param rights what; never the right to be another server of the name, or to
		 * change its permissions or owner
		 * @return this
		 * @throws IllegalArgumentException if the principal is empty or a malformed SID,
		 * or if nothing is left of the rights
		 */
		public Builder allow(String principal, AccessRights rights) {
			if (rights.allowed() == 0) {
				throw new IllegalArgumentException("Rights " + rights + " allow nothing to '" + principal
						+ "': no rule gives the rights to be a server of the name (0x4), or to change its permissions"
						+ " (0x40000) or owner (0x80000)");
			}
			this.allowed.add(new Rule(Principal.of(principal), rights));
			return this;
		}

		/**
		 * Denies, whatever is allowed. The server's own account cannot be denied.
		 * @param principal see {@link #allow}
		 * @param rights what to deny
		 * @return this
		 * @throws IllegalArgumentException if the principal is empty or a malformed SID
		 */
		public Builder deny(String principal, AccessRights rights) {
			this.denied.add(new Rule(Principal.of(principal), rights));
			return this;
		}

		/**
		 * Builds the rules.
		 * @return the rules
		 */
		public AccessRules build() {
			return new AccessRules(new Rules(List.copyOf(this.denied), List.copyOf(this.allowed)));
		}

	}

	private interface Form {

		List<Ace> posixAces(AccountDatabase accounts) throws TransportException;

		default List<String> posixWarnings() {
			return List.of();
		}

		String securityDescriptor(AccountDatabase accounts, boolean rejectRemoteClients) throws TransportException;

		default List<String> securityDescriptorWarnings(AccountDatabase accounts) {
			return List.of();
		}

	}

	private static final class CurrentUser implements Form {

		private static final Ace SYSTEM = new Ace(Ace.Type.ALLOW, GENERIC_ALL, Sid.SYSTEM);

		@Override
		public List<Ace> posixAces(AccountDatabase accounts) {
			return List.of(new Ace(Ace.Type.ALLOW, GENERIC_ALL, Sid.OWNER_RIGHTS), SYSTEM);
		}

		@Override
		public String securityDescriptor(AccountDatabase accounts, boolean rejectRemoteClients) {
			return protectedDacl(accounts, rejectRemoteClients, List.of(SYSTEM));
		}

		@Override
		public String toString() {
			return "current user only";
		}

	}

	private record Rules(List<Rule> denied, List<Rule> allowed) implements Form {

		@Override
		public List<Ace> posixAces(AccountDatabase accounts) throws TransportException {
			List<Ace> aces = new ArrayList<>();
			aces.add(new Ace(Ace.Type.ALLOW, GENERIC_ALL, Sid.OWNER_RIGHTS));
			aces.addAll(aces((principal) -> principal.onPosix(accounts)));
			return aces;
		}

		@Override
		public String securityDescriptor(AccountDatabase accounts, boolean rejectRemoteClients)
				throws TransportException {
			return protectedDacl(accounts, rejectRemoteClients, aces((principal) -> principal.onWindows(accounts)));
		}

		private List<Ace> aces(Resolver resolver) throws TransportException {
			List<Ace> aces = new ArrayList<>();
			for (Rule rule : this.denied) {
				aces.add(new Ace(Ace.Type.DENY, rule.rights().denied(), sidOf(rule, resolver)));
			}
			for (Rule rule : this.allowed) {
				aces.add(new Ace(Ace.Type.ALLOW, rule.rights().allowed(), sidOf(rule, resolver)));
			}
			return aces;
		}

		private Sid sidOf(Rule rule, Resolver resolver) throws TransportException {
			try {
				Sid sid = resolver.sidOf(rule.principal());
				return isOwner(sid) ? Sid.OWNER_RIGHTS : sid;
			}
			catch (UncheckedIOException ex) {
				throw cannotAsk(this, Setting.principal(rule.principal().toString()), ex);
			}
		}

		@Override
		public String toString() {
			return "deny " + this.denied + ", allow " + this.allowed;
		}

	}

	/**
	 * A security descriptor.
	 *
	 * @param text as it is written
	 * @param descriptor what it says
	 * @param aces the entries, in which the owner is named
	 */
	private record Sddl(String text, SecurityDescriptor descriptor, List<Ace> aces) implements Form {

		@Override
		public List<Ace> posixAces(AccountDatabase accounts) {
			return this.aces;
		}

		@Override
		public List<String> posixWarnings() {
			SecurityDescriptor.MandatoryLabel label = this.descriptor.label();
			return (label != null && label.isAboveOrdinary()) ? List.of("The mandatory label " + label.level().toSddl()
					+ " of the security descriptor keeps nobody out on this system, which has no levels of integrity")
					: List.of();
		}

		@Override
		public String securityDescriptor(AccountDatabase accounts, boolean rejectRemoteClients)
				throws TransportException {
			if (!allowsServer(accounts)) {
				throw new TransportException(Reason.INVALID_ACCESS,
						"The security descriptor does not allow the server's own account " + accounts.currentUserId()
								+ " to create instances of the pipe (0x4, part of GA and FA), so it could not serve"
								+ " a second client: add for example (A;;GA;;;" + accounts.currentUserId() + ")");
			}
			return hasCreatorOwner() ? withOwnersNamed() : this.text;
		}

		private boolean hasCreatorOwner() {
			SecurityDescriptor.Dacl dacl = this.descriptor.dacl();
			return dacl != null && dacl.aces() != null
					&& dacl.aces().stream().anyMatch((ace) -> ace.sid().equals(Sid.CREATOR_OWNER));
		}

		private String withOwnersNamed() {
			SecurityDescriptor.Dacl dacl = this.descriptor.dacl();
			Set<SecurityDescriptor.Flag> flags = (dacl != null) ? dacl.flags() : Set.of();
			return new SecurityDescriptor(this.descriptor.owner(), this.descriptor.group(),
					new SecurityDescriptor.Dacl(flags, this.aces), this.descriptor.label())
				.toSddl();
		}

		private boolean allowsServer(AccountDatabase accounts) {
			Sid user = Sid.parse(accounts.currentUserId());
			Set<Sid> groups = accounts.groupIdsOf(accounts.currentUserId())
				.stream()
				.map(Sid::parse)
				.collect(Collectors.toSet());
			int granted = AccessCheck.granted(this.aces, (sid) -> {
				if (sid.equals(user) || user.isInSomeDomain(sid) || sid.equals(Sid.EVERYONE)
						|| sid.equals(Sid.AUTHENTICATED_USERS) || sid.equals(Sid.OWNER_RIGHTS) || groups.contains(sid)
						|| groups.stream().anyMatch((group) -> group.isInSomeDomain(sid))) {
					return Membership.YES;
				}
				return Membership.NO;
			});
			return (granted & AccessRights.CREATE_PIPE_INSTANCE) != 0
					|| (!accounts.knowsMemberships() && grantsInstanceToSomebody());
		}

		private boolean grantsInstanceToSomebody() {
			return this.aces.stream()
				.anyMatch((ace) -> ace.type() == Ace.Type.ALLOW && !ace.isInheritOnly()
						&& (AccessRights.map(ace.mask()) & AccessRights.CREATE_PIPE_INSTANCE) != 0);
		}

		@Override
		public List<String> securityDescriptorWarnings(AccountDatabase accounts) {
			return new ServerRights(this.aces, accounts.currentUserId()).warnings();
		}

		@Override
		public String toString() {
			return this.text;
		}

	}

	private record Rule(Principal principal, AccessRights rights) {

		@Override
		public String toString() {
			return this.principal + ": " + this.rights;
		}

	}

	private interface Resolver {

		Sid sidOf(Principal principal) throws TransportException;

	}

}
