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

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

import io.namedpipe.autoconfigure.NamedPipeProperties.OnMalformed;
import io.namedpipe.autoconfigure.NamedPipeProperties.PayloadType;
import io.namedpipe.framing.FrameCodec;
import io.namedpipe.framing.FramingType;
import io.namedpipe.framing.PayloadFormat;
import io.namedpipe.testsupport.DecodeOnlyCodec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * From settings to a framing.
 */
class FramingsTests {

	private static final PropertyPath PATH = PropertyPath.server("orders").child("framing");

	private final FrameCodec codec = new DecodeOnlyCodec(() -> (input) -> null);

	private final Framings framings = new Framings(new StaticListableBeanFactory(Map.of("numbers", this.codec)));

	@Test
	void whenACodecIsABeanThenMessagesHaveItsName() {
		FramingSettings settings = settings(FramingType.CUSTOM, "numbers");

		assertThat(this.framings.framing(PATH, settings, text(StandardCharsets.UTF_8)))
			.hasToString("codec ('numbers')");
	}

	@Test
	void whenThereAreNoBeansThenNoCodecIsLookedUp() {
		FramingSettings settings = settings(FramingType.CUSTOM, "no-such-bean");

		assertThatExceptionOfType(NamedPipeBeanNotFoundException.class)
			.isThrownBy(() -> this.framings.framing(PATH, settings, text(StandardCharsets.UTF_8)));
		assertThatNoException()
			.isThrownBy(() -> Framings.withoutBeans().framing(PATH, settings, text(StandardCharsets.UTF_8)));
	}

	@Test
	void whenTheCharsetLeavesTheOrderOpenThenLinesAreRefused() {
		FramingSettings settings = settings(FramingType.LINE, null);

		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> this.framings.framing(PATH, settings, text(StandardCharsets.UTF_16)))
			.satisfies((ex) -> {
				assertThat(ex.getName()).isEqualTo("namedpipe.server.orders.payload.charset");
				assertThat(ex.getReason()).contains("UTF-16LE or UTF-16BE");
			});
	}

	@Test
	void whenMalformedTextIsToBeReplacedThenTheFormatSaysSo() {
		assertThat(new PayloadSettings(PayloadType.TEXT, StandardCharsets.UTF_8, OnMalformed.REPLACE).format())
			.isEqualTo(PayloadFormat.text(StandardCharsets.UTF_8).replacingMalformed());
		assertThat(text(StandardCharsets.UTF_8).format()).isEqualTo(PayloadFormat.text(StandardCharsets.UTF_8));
	}

	@Test
	void whenJsonIsNotInUtf8ThenCharsetIsRefused() {
		FramingSettings settings = settings(FramingType.JSON, null);

		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> this.framings.framing(PATH, settings, text(StandardCharsets.UTF_16LE)))
			.satisfies((ex) -> {
				assertThat(ex.getName()).isEqualTo("namedpipe.server.orders.payload.charset");
				assertThat(ex.getReason()).contains("UTF-8");
			});
	}

	@Test
	void whenDirectionsDifferThenFramingHasBoth() {
		NamedPipeProperties.Framing properties = new NamedPipeProperties.Framing();
		properties.setIn(oneWay(FramingType.UNTIL_CLOSE, null));
		properties.setOut(oneWay(FramingType.CUSTOM, "numbers"));

		FramingSettings settings = FramingSettings.from(PATH, properties, FramingType.LENGTH_HEADER,
				StandardCharsets.UTF_8);

		assertThat(this.framings.framing(PATH, settings, text(StandardCharsets.UTF_8)))
			.hasToString("until-close in, codec ('numbers') out");
	}

	@Test
	void whenOneDirectionDiffersThenTheOtherIsTheCommonOne() {
		NamedPipeProperties.Framing properties = new NamedPipeProperties.Framing();
		properties.setType(FramingType.LINE);
		properties.setIn(oneWay(FramingType.JSON, null));

		FramingSettings settings = FramingSettings.from(PATH, properties, FramingType.LENGTH_HEADER,
				StandardCharsets.UTF_8);

		assertThat(this.framings.framing(PATH, settings, text(StandardCharsets.UTF_8)))
			.hasToString("json in, line (LF) out");
	}

	@Test
	void whenBytesOfPrefixAreForWhatIsReadOnlyThenTheyAreRefused() {
		NamedPipeProperties.Framing in = new NamedPipeProperties.Framing();
		in.setIn(withPrefix(new NamedPipeProperties.OneWayFraming()));
		NamedPipeProperties.Framing out = new NamedPipeProperties.Framing();
		withPrefix(out).setOut(new NamedPipeProperties.WrittenFraming());

		assertRefused(in, "framing.in.length.prefix");
		assertRefused(out, "framing.length.prefix");
		assertRefused(withPrefix(new NamedPipeProperties.OneWayFraming()), "framing.length.prefix");
		FramingSettings.from(PATH, withPrefix(new NamedPipeProperties.WrittenFraming()), FramingType.LENGTH_HEADER,
				StandardCharsets.UTF_8);
	}

	private static <F extends NamedPipeProperties.OneWayFraming> F withPrefix(F framing) {
		framing.setType(FramingType.LENGTH_HEADER);
		framing.getLength().setOffset(1);
		framing.getLength().setPrefix("0x01");
		return framing;
	}

	private static void assertRefused(NamedPipeProperties.OneWayFraming framing, String property) {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> FramingSettings.from(PATH, framing, FramingType.LENGTH_HEADER, StandardCharsets.UTF_8))
			.satisfies((ex) -> {
				assertThat(ex.getName()).isEqualTo("namedpipe.server.orders." + property);
				assertThat(ex.getReason()).contains("what is read only");
			});
	}

	private static FramingSettings settings(FramingType type, @Nullable String codec) {
		return FramingSettings.from(PATH, oneWay(type, codec), FramingType.LENGTH_HEADER, StandardCharsets.UTF_8);
	}

	private static NamedPipeProperties.WrittenFraming oneWay(FramingType type, @Nullable String codec) {
		NamedPipeProperties.WrittenFraming properties = new NamedPipeProperties.WrittenFraming();
		properties.setType(type);
		properties.setCodec(codec);
		return properties;
	}

	private static PayloadSettings text(Charset charset) {
		return new PayloadSettings(PayloadType.TEXT, charset, OnMalformed.REPORT);
	}

}
