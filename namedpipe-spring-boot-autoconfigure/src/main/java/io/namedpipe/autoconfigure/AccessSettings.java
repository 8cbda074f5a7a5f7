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

package io.namedpipe.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;

import io.namedpipe.access.AccessRules;
import io.namedpipe.access.SddlException;
import io.namedpipe.autoconfigure.NamedPipeProperties.Access;
import io.namedpipe.autoconfigure.NamedPipeProperties.Rights;
import io.namedpipe.transport.AccessPolicy;

/**
 * Who may connect, checked: exactly one of the current user, rules or a security
 * descriptor.
 *
 * @param currentUserOnly whether only the current user may connect
 * @param allow the principals that may connect
 * @param deny the principals that may not
 * @param sddl the security descriptor, or {@code null}
 */
record AccessSettings(boolean currentUserOnly, List<Rule> allow, List<Rule> deny, @Nullable String sddl) {

	static AccessSettings from(PropertyPath path, Access properties) {
		Boolean currentUserOnly = properties.getCurrentUserOnly();
		List<Rule> allow = rules(path, "allow", properties.getAllow());
		List<Rule> deny = rules(path, "deny", properties.getDeny());
		String sddl = path.optionalText("sddl", properties.getSddl(),
				"It must not be blank; leave it out to let only the current user in");
		Boolean onlyCurrentUser = Boolean.TRUE.equals(currentUserOnly) ? Boolean.TRUE : null;
		verifyExclusive(path, "current-user-only", onlyCurrentUser, "allow", orNull(allow));
		verifyExclusive(path, "current-user-only", onlyCurrentUser, "deny", orNull(deny));
		verifyExclusive(path, "current-user-only", onlyCurrentUser, "sddl", sddl);
		verifyExclusive(path, "sddl", sddl, "allow", orNull(allow));
		verifyExclusive(path, "sddl", sddl, "deny", orNull(deny));
		verifySddl(path, sddl);
		boolean explicitRules = !allow.isEmpty() || !deny.isEmpty() || sddl != null;
		if (!explicitRules && Boolean.FALSE.equals(currentUserOnly)) {
			throw path.invalid("current-user-only", currentUserOnly,
					"Nothing says who else may connect; add '%s' or '%s', or remove it".formatted(path.name("allow"),
							path.name("sddl")));
		}
		return new AccessSettings(!explicitRules, allow, deny, sddl);
	}

	/**
	 * The policy, in which names are not looked up yet.
	 * @return the policy
	 */
	AccessPolicy policy() {
		if (this.currentUserOnly) {
			return AccessRules.currentUserOnly();
		}
		if (this.sddl != null) {
			return AccessRules.sddl(this.sddl);
		}
		AccessRules.Builder rules = AccessRules.builder();
		this.allow.forEach((rule) -> rules.allow(rule.principal(), rule.rights().toAccessRights()));
		this.deny.forEach((rule) -> rules.deny(rule.principal(), rule.rights().toAccessRights()));
		return rules.build();
	}

	private static void verifySddl(PropertyPath path, @Nullable String sddl) {
		if (sddl != null) {
			try {
				AccessRules.sddl(sddl);
			}
			catch (SddlException ex) {
				throw path.invalid("sddl", sddl, String.valueOf(ex.getMessage()), ex);
			}
		}
	}

	private static List<Rule> rules(PropertyPath path, String property, List<NamedPipeProperties.Rule> rules) {
		List<Rule> result = new ArrayList<>();
		for (int i = 0; i < rules.size(); i++) {
			result.add(rule(path.child(property, i), rules.get(i)));
		}
		return List.copyOf(result);
	}

	private static Rule rule(PropertyPath path, NamedPipeProperties.Rule properties) {
		String principal = path.text("principal", properties.getPrincipal(),
				"A rule needs a principal: a well-known name, a user, group:NAME, DOMAIN\\account or a SID");
		try {
			AccessRules.builder().allow(principal, properties.getRights().toAccessRights());
		}
		catch (IllegalArgumentException ex) {
			throw path.invalid("principal", principal, String.valueOf(ex.getMessage()), ex);
		}
		return new Rule(principal, properties.getRights());
	}

	private static @Nullable List<Rule> orNull(List<Rule> rules) {
		return (!rules.isEmpty()) ? rules : null;
	}

	private static void verifyExclusive(PropertyPath path, String name, @Nullable Object value, String otherName,
			@Nullable Object otherValue) {
		if (value != null && otherValue != null) {
			MutuallyExclusiveConfigurationPropertiesException.throwIfMultipleNonNullValuesIn((entries) -> {
				entries.put(path.name(name), value);
				entries.put(path.name(otherName), otherValue);
			});
		}
	}

	/**
	 * A principal and its rights.
	 *
	 * @param principal the principal
	 * @param rights the rights
	 */
	record Rule(String principal, Rights rights) {
	}

}
