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

import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.AccountDatabase;
import io.namedpipe.transport.Setting;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * Who a rule is about, as configured.
 */
final class Principal {

	private static final Map<String, String> WELL_KNOWN = Map.ofEntries(Map.entry("everyone", "WD"),
			Map.entry("authenticated users", "AU"), Map.entry("users", "BU"), Map.entry("interactive", "IU"),
			Map.entry("administrators", "BA"), Map.entry("system", "SY"), Map.entry("local system", "SY"),
			Map.entry("local service", "LS"), Map.entry("network service", "NS"), Map.entry("network", "NU"),
			Map.entry("service", "SU"), Map.entry("guests", "BG"), Map.entry("power users", "PU"),
			Map.entry("anonymous logon", "AN"), Map.entry("owner rights", "OW"), Map.entry("creator owner", "CO"),
			Map.entry("all application packages", "AC"));

	private static final Pattern AUTHORITY = Pattern.compile("(NT AUTHORITY|BUILTIN)\\\\(.+)",
			Pattern.CASE_INSENSITIVE);

	private static final Pattern SID = Pattern.compile("S-[0-9].*", Pattern.CASE_INSENSITIVE);

	private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");

	private static final String USER = "user:";

	private static final String GROUP = "group:";

	private static final long LARGEST_ID = 0xFFFFFFFEL;

	private final String text;

	private Principal(String text) {
		this.text = text;
	}

	/**
	 * A principal as it stands in the configuration.
	 * @param text well-known name, user, {@code user:NAME}, {@code group:NAME},
	 * {@code DOMAIN\name}, SID, or uid
	 * @return the principal
	 * @throws IllegalArgumentException if there is no text, or a malformed SID
	 */
	static Principal of(String text) {
		String trimmed = text.trim();
		if (trimmed.isEmpty() || trimmed.equals(USER) || trimmed.equals(GROUP)) {
			throw new IllegalArgumentException("A principal must not be empty");
		}
		if (SID.matcher(trimmed).matches()) {
			Sid.parse(trimmed);
		}
		return new Principal(trimmed);
	}

	Sid onWindows(AccountDatabase accounts) throws TransportException {
		Sid fixed = fixedSid();
		if (fixed != null) {
			return fixed;
		}
		if (NUMBER.matcher(this.text).matches()) {
			throw invalid("is a number, which is a user on POSIX systems only: use a name or a SID");
		}
		if (this.text.startsWith(GROUP)) {
			String name = this.text.substring(GROUP.length());
			return parse(accounts.groupId(name).orElseThrow(() -> unknown("group", name)));
		}
		String name = userName();
		return parse(accounts.userId(name).orElseThrow(() -> unknownUser(accounts, name)));
	}

	// users and groups are those of Samba's convention
	Sid onPosix(AccountDatabase accounts) throws TransportException {
		Sid fixed = fixedSid();
		if (fixed != null) {
			return fixed;
		}
		if (this.text.startsWith(GROUP)) {
			String name = this.text.substring(GROUP.length());
			if (NUMBER.matcher(name).matches()) {
				return Sid.unixGroup(id(name));
			}
			rejectDomain(name);
			return Sid.unixGroup(id(accounts.groupId(name).orElseThrow(() -> unknown("group", name))));
		}
		String name = userName();
		if (NUMBER.matcher(name).matches()) {
			return Sid.unixUser(id(name));
		}
		rejectDomain(name);
		return Sid.unixUser(id(accounts.userId(name).orElseThrow(() -> unknownUser(accounts, name))));
	}

	private @Nullable Sid fixedSid() {
		if (SID.matcher(this.text).matches()) {
			return Sid.parse(this.text);
		}
		var authority = AUTHORITY.matcher(this.text);
		String name = (authority.matches()) ? authority.group(2) : this.text;
		String alias = WELL_KNOWN.get(name.toLowerCase(Locale.ROOT));
		return (alias != null) ? Sid.wellKnown(alias) : null;
	}

	private String userName() {
		return (this.text.startsWith(USER)) ? this.text.substring(USER.length()) : this.text;
	}

	private void rejectDomain(String name) throws TransportException {
		if (name.indexOf('\\') >= 0) {
			throw invalid("is an account of a Windows domain, which this system does not have");
		}
	}

	private long id(String digits) throws TransportException {
		long id = Long.parseLong(digits);
		if (id > LARGEST_ID) {
			throw invalid("is larger than any id");
		}
		return id;
	}

	private Sid parse(String sid) throws TransportException {
		try {
			return Sid.parse(sid);
		}
		catch (SddlException ex) {
			throw new TransportException(Reason.INVALID_ACCESS, Setting.principal(this.text),
					"The account database answers '" + sid + "' for principal '" + this.text + "'", ex);
		}
	}

	private TransportException unknownUser(AccountDatabase accounts, String name) {
		return (accounts.groupId(name).isPresent())
				? invalid("is not a user of this system but a group: use 'group:" + name + "'") : unknown("user", name);
	}

	private TransportException unknown(String kind, String name) {
		return invalid("is unknown: there is no " + kind + " '" + name + "' on this system");
	}

	private TransportException invalid(String reason) {
		return new TransportException(Reason.INVALID_ACCESS, Setting.principal(this.text),
				"Principal '" + this.text + "' " + reason, null);
	}

	@Override
	public String toString() {
		return this.text;
	}

}
