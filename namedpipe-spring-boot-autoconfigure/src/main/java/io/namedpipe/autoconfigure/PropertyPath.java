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

import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

import io.namedpipe.transport.TimeLimit;

/**
 * Where in the configuration a value comes from. Its checks return the value, or throw
 * with the full name of the property, the value and what to do about it.
 *
 * @param prefix name of the enclosing property
 */
record PropertyPath(String prefix) {

	private static final Duration LONGEST = TimeLimit.LONGEST;

	private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^:}]+)[^}]*}");

	static PropertyPath server(String name) {
		return new PropertyPath("namedpipe.server." + key(name));
	}

	static PropertyPath client(String name) {
		return new PropertyPath("namedpipe.client." + key(name));
	}

	static PropertyPath process(String name) {
		return new PropertyPath("namedpipe.process." + key(name));
	}

	private static String key(String name) {
		return (name.indexOf('.') != -1) ? "[" + name + "]" : name;
	}

	PropertyPath child(String element) {
		return new PropertyPath(name(element));
	}

	PropertyPath child(String element, int index) {
		return new PropertyPath(name(element) + "[" + index + "]");
	}

	PropertyPath sibling(String element) {
		return new PropertyPath(this.prefix.substring(0, this.prefix.lastIndexOf('.')) + "." + element);
	}

	String name(String property) {
		return this.prefix + "." + property;
	}

	InvalidConfigurationPropertyValueException invalid(String property, @Nullable Object value, String reason) {
		return invalid(property, value, reason, null);
	}

	InvalidConfigurationPropertyValueException invalid(String property, @Nullable Object value, String reason,
			@Nullable Throwable cause) {
		InvalidConfigurationPropertyValueException exception = new InvalidConfigurationPropertyValueException(
				name(property), value, reason);
		if (cause != null) {
			// the constructor that takes a cause is there from Boot 4.1 on only
			exception.addSuppressed(cause);
		}
		return exception;
	}

	String text(String property, @Nullable String value, String reason) {
		if (!StringUtils.hasText(value)) {
			throw invalid(property, value, reason);
		}
		return resolved(property, value);
	}

	/**
	 * Checks that nothing is left of a placeholder, which the binder leaves as it is.
	 */
	String resolved(String property, String value) {
		Matcher placeholder = PLACEHOLDER.matcher(value);
		if (placeholder.find()) {
			throw invalid(property, value, "Nothing sets '%1$s'; set it, or give a default, as in '${%1$s:orders}'"
				.formatted(placeholder.group(1)));
		}
		return value;
	}

	@Nullable Path resolved(String property, @Nullable Path value) {
		if (value != null) {
			resolved(property, value.toString());
		}
		return value;
	}

	@Nullable String optionalText(String property, @Nullable String value, String reason) {
		return (value != null) ? text(property, value, reason) : null;
	}

	/**
	 * Makes something of a value, and names the property where that is refused.
	 */
	<V, T> T checked(String property, V value, Function<V, T> use) {
		try {
			return use.apply(value);
		}
		catch (IllegalArgumentException ex) {
			throw invalid(property, value, String.valueOf(ex.getMessage()), ex);
		}
	}

	/**
	 * Runs a check, and names the property where it fails.
	 */
	void check(String property, Object value, Runnable check) {
		checked(property, value, (checked) -> {
			check.run();
			return checked;
		});
	}

	int atLeast(int minimum, String property, int value) {
		if (value < minimum) {
			throw invalid(property, value, "It must be %d or more".formatted(minimum));
		}
		return value;
	}

	/**
	 * Checks a factor by which something grows.
	 */
	double factor(String property, double value) {
		if (!(value >= 1) || Double.isInfinite(value)) {
			throw invalid(property, value, "It must be a number of 1 or more");
		}
		return value;
	}

	/**
	 * Checks a time that must not be shorter than that of another property.
	 */
	Duration atLeast(String otherProperty, Duration minimum, String property, Duration value) {
		positive(property, value);
		if (value.compareTo(minimum) < 0) {
			throw invalid(property, text(value),
					"It must not be shorter than '%s' (%s)".formatted(name(otherProperty), text(minimum)));
		}
		return value;
	}

	int size(String property, DataSize value) {
		if (value.toBytes() < 1 || value.toBytes() > Integer.MAX_VALUE) {
			throw invalid(property, value, "It must be between 1B and %dB".formatted(Integer.MAX_VALUE));
		}
		return (int) value.toBytes();
	}

	OptionalInt optionalSize(String property, @Nullable DataSize value) {
		return (value != null) ? OptionalInt.of(size(property, value)) : OptionalInt.empty();
	}

	Duration positive(String property, Duration value) {
		if (value.isNegative() || value.isZero()) {
			throw invalid(property, text(value), "It must be longer than zero, for example 5s");
		}
		return notTooLong(property, value);
	}

	@Nullable Duration optionalPositive(String property, @Nullable Duration value) {
		return (value != null) ? positive(property, value) : null;
	}

	Duration notNegative(String property, Duration value) {
		if (value.isNegative()) {
			throw invalid(property, text(value), "It must not be negative");
		}
		return notTooLong(property, value);
	}

	// beyond about three times of that, its nanoseconds are no long
	private Duration notTooLong(String property, Duration value) {
		if (value.compareTo(LONGEST) > 0) {
			throw invalid(property, text(value), "It must be %dd or less".formatted(LONGEST.toDays()));
		}
		return value;
	}

	/**
	 * A duration in the form that it is configured in, rather than that of ISO-8601.
	 * @param duration the duration
	 * @return for example {@code 5s} or {@code 250ms}
	 */
	static String text(Duration duration) {
		if (duration.compareTo(LONGEST) > 0 || duration.compareTo(LONGEST.negated()) < 0) {
			return duration.toDays() + "d";
		}
		return (duration.toMillis() % 1000 == 0) ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
	}

}
