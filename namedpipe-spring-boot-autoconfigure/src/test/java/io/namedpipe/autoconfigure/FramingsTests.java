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

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

import io.namedpipe.autoconfigure.NamedPipeProperties.FramingType;
import io.namedpipe.autoconfigure.NamedPipeProperties.OnMalformed;
import io.namedpipe.autoconfigure.NamedPipeProperties.PayloadType;
import io.namedpipe.autoconfigure.PipeSettings.PayloadSettings;
import io.namedpipe.framing.FrameCodec;
import io.namedpipe.framing.PayloadFormat;
import io.namedpipe.testsupport.ReadingCodec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * From settings to a framing.
 */
class FramingsTests {

	private static final PropertyPath PATH = PropertyPath.server("orders").child("framing");

	private final FrameCodec codec = new ReadingCodec(() -> (input) -> null);

	private final Framings framings = new Framings(new StaticListableBeanFactory(Map.of("numbers", this.codec)));

	@Test
	void whenACodecIsABeanThenMessagesHaveItsName() {
		FramingSettings settings = new FramingSettings(FramingType.CUSTOM, 4, true, false, null, "numbers");

		assertThat(this.framings.framing(PATH, settings, text(StandardCharsets.UTF_8)))
			.hasToString("codec ('numbers')");
	}

	@Test
	void whenTheCharsetLeavesTheOrderOpenThenLinesAreRefused() {
		FramingSettings settings = new FramingSettings(FramingType.LINE, 4, true, false, null, null);

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

	private static PayloadSettings text(Charset charset) {
		return new PayloadSettings(PayloadType.TEXT, charset, OnMalformed.REPORT);
	}

}
