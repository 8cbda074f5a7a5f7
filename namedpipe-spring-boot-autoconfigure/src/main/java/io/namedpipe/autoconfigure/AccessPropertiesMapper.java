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

import java.util.List;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;

import io.namedpipe.access.AccessRights;
import io.namedpipe.access.AccessRules;
import io.namedpipe.autoconfigure.NamedPipeProperties.Access;
import io.namedpipe.autoconfigure.NamedPipeProperties.Rule;
import io.namedpipe.transport.AccessPolicy;

/**
 * Makes a policy of the properties that say who may connect: exactly one of the current
 * user, rules or a security descriptor.
 */
final class AccessPropertiesMapper {

	private AccessPropertiesMapper() {
	}

	/**
	 * Checks the properties and makes the policy.
	 * @param path where they are configured
	 * @param properties the properties
	 * @return the policy, in which names are not looked up yet
	 */
	static AccessPolicy map(PropertyPath path, Access properties) {
		AccessRules.Builder rules = AccessRules.builder();
		add(path, "allow", properties.getAllow(), rules::allow);
		add(path, "deny", properties.getDeny(), rules::deny);
		String sddl = path.optionalText("sddl", properties.getSddl(),
				"It must not be blank; leave it out to let only the current user in");
		verifyOneForm(path, properties);
		if (sddl != null) {
			return path.checked("sddl", sddl, AccessRules::sddl);
		}
		if (!isCurrentUserOnly(properties)) {
			return rules.build();
		}
		if (Boolean.FALSE.equals(properties.getCurrentUserOnly())) {
			throw path.invalid("current-user-only", false,
					"Nothing says who else may connect; add '%s' or '%s', or remove it".formatted(path.name("allow"),
							path.name("sddl")));
		}
		return AccessRules.currentUserOnly();
	}

	/**
	 * Whether nothing says who else may connect.
	 */
	static boolean isCurrentUserOnly(Access properties) {
		return properties.getAllow().isEmpty() && properties.getDeny().isEmpty() && properties.getSddl() == null;
	}

	private static void add(PropertyPath path, String property, List<Rule> rules,
			BiConsumer<String, AccessRights> target) {
		for (int i = 0; i < rules.size(); i++) {
			PropertyPath rule = path.child(property, i);
			AccessRights rights = rules.get(i).getRights().toAccessRights();
			String principal = rule.text("principal", rules.get(i).getPrincipal(),
					"A rule needs a principal: a well-known name, a user, group:NAME, DOMAIN\\account or a SID");
			rule.check("principal", principal, () -> target.accept(principal, rights));
		}
	}

	private static void verifyOneForm(PropertyPath path, Access properties) {
		Boolean currentUserOnly = Boolean.TRUE.equals(properties.getCurrentUserOnly()) ? Boolean.TRUE : null;
		List<Rule> allow = (!properties.getAllow().isEmpty()) ? properties.getAllow() : null;
		List<Rule> deny = (!properties.getDeny().isEmpty()) ? properties.getDeny() : null;
		verifyExclusive(path, "current-user-only", currentUserOnly, "allow", allow);
		verifyExclusive(path, "current-user-only", currentUserOnly, "deny", deny);
		verifyExclusive(path, "current-user-only", currentUserOnly, "sddl", properties.getSddl());
		verifyExclusive(path, "sddl", properties.getSddl(), "allow", allow);
		verifyExclusive(path, "sddl", properties.getSddl(), "deny", deny);
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

}
