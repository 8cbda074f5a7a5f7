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

import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Throws mutated SDDL at the parser. {@code -Dnamedpipe.test.sddl-mutations=10000000} for
 * more, {@code -Dnamedpipe.test.seed=...} for others.
 */
class SddlMutationTests {

	private static final String[] SEEDS = { "D:(A;OICI;GRGW;;;AU)(A;OICI;GA;;;BA)", "O:BAG:SYD:PARAI(D;;0x1f01ff;;;NU)",
			"D:NO_ACCESS_CONTROL", "O:S-1-5-21-1004336348-1177238915-682003330-512D:P(A;;FA;;;DA)(D;IO;017;;;LG)",
			"D:(A;;GA;;;S-1-22-1-1000)(A;;0x12019B;;;S-1-22-2-2000)(XA;;FX;;;WD;(@User.a==1))",
			"D:(OA;CI;RPWP;bf967aba-0de6-11d0-a285-00aa003049e2;;AU)S:(AU;SAFA;GA;;;WD)(ML;;NW;;;LW)",
			" D: ( A ; OI ; CCDCLCSWRPWPDTLOCR ; ; ; S-1-0xFFFFFFFFFFFF-4294967295 )" };

	private static final String[] TOKENS = { "D:", "O:", "G:", "S:", "(", ")", ";", ";;;", "A", "D", "P", "AI", "AR",
			"WD", "BA", "DA", "GA", "GRGW", "0x", "0xFFFFFFFF", "S-1-", "-", "S-1-5-32-544", "NO_ACCESS_CONTROL",
			"OICI", "IO", "4294967296", "\u017F", "\u0130", "\uD83D", "\0", " ", "\n" };

	private final long seed = Long.getLong("namedpipe.test.seed", 20260401L);

	@Test
	void whenTextIsMutatedThenItRoundTripsOrIsRefused() {
		long count = Long.getLong("namedpipe.test.sddl-mutations", 100_000L);
		Random random = new Random(this.seed);
		long read = 0;
		for (long i = 0; i < count; i++) {
			String text = mutate(SEEDS[random.nextInt(SEEDS.length)], random);
			try {
				SecurityDescriptor descriptor = SecurityDescriptor.parse(text);
				String written = descriptor.toSddl();
				if (!SecurityDescriptor.parse(written).equals(descriptor)) {
					throw new AssertionError("'" + text + "' became '" + written + "'");
				}
				read++;
			}
			catch (SddlException ex) {
				if (ex.getPosition() < 0 || ex.getPosition() > text.length() || ex.getReason().isEmpty()) {
					throw new AssertionError("No position or reason for '" + text + "'", ex);
				}
			}
			catch (RuntimeException ex) {
				throw new AssertionError("Input " + i + " of seed " + this.seed + ": '" + text + "'", ex);
			}
		}
		// a mutation that never leaves anything valid would show nothing
		assertThat(read).isGreaterThan(count / 50).isLessThan(count);
	}

	private static String mutate(String seed, Random random) {
		StringBuilder text = new StringBuilder(seed);
		for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
			int at = random.nextInt(text.length() + 1);
			int until = Math.min(text.length(), at + random.nextInt(6));
			switch (random.nextInt(7)) {
				case 0 -> text.delete(at, until);
				case 1 -> text.insert(at, TOKENS[random.nextInt(TOKENS.length)]);
				case 2 -> text.replace(at, until, TOKENS[random.nextInt(TOKENS.length)]);
				case 3 -> text.insert(at, text.substring(at, until));
				case 4 -> text.insert(at, (char) random.nextInt(0x80));
				case 5 -> text.setLength(at);
				default -> text.insert(at, (char) random.nextInt(0x10000));
			}
		}
		return text.toString();
	}

}
