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

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

import io.namedpipe.PipeDirection;
import io.namedpipe.framing.PayloadFormat;
import io.namedpipe.integration.NamedPipeProcess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ProcessPropertiesMapper}.
 */
class ProcessPropertiesMapperTests {

	@Test
	void whenOnlyNecessaryIsSetThenHasDefaultsOfContract() {
		NamedPipeProcess.Builder process = Properties.process("command[0]=cat", "to-child.channel=in").builder();

		assertThat(process.pipe()).hasFieldOrPropertyWithValue("command", List.of("cat"))
			.hasFieldOrPropertyWithValue("workingDirectory", null)
			.hasFieldOrPropertyWithValue("environment", Map.of())
			.hasFieldOrPropertyWithValue("direction", PipeDirection.OUT)
			.hasFieldOrPropertyWithValue("drainTimeout", Duration.ofSeconds(10));
		assertThat(process).hasFieldOrPropertyWithValue("name", "worker")
			.hasFieldOrPropertyWithValue("autoStartup", true)
			.hasFieldOrPropertyWithValue("framing", null)
			.extracting("outboundFraming")
			.hasToString("line (LF)");
	}

	@Test
	void whenEverythingIsSetThenEverythingIsTaken() {
		NamedPipeProcess.Builder process = Properties
			.process("auto-startup=false", "command=python3,w.py,{in},{out}", "working-directory=/srv",
					"environment.KEY=value", "stop-timeout=2s", "to-child.channel=in", "to-child.framing.type=raw",
					"from-child.channel=out", "from-child.payload.type=text")
			.builder();

		assertThat(process.pipe()).hasFieldOrPropertyWithValue("command", List.of("python3", "w.py", "{in}", "{out}"))
			.hasFieldOrPropertyWithValue("workingDirectory", Path.of("/srv"))
			.hasFieldOrPropertyWithValue("environment", Map.of("KEY", "value"))
			.hasFieldOrPropertyWithValue("direction", PipeDirection.DUPLEX)
			.hasFieldOrPropertyWithValue("drainTimeout", Duration.ofSeconds(2));
		assertThat(process).hasFieldOrPropertyWithValue("autoStartup", false)
			.hasFieldOrPropertyWithValue("format", PayloadFormat.text(StandardCharsets.UTF_8))
			.extracting("outboundFraming")
			.hasToString("raw");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					to-child.channel=in                      | command            | name a program
					command=cat                              | to-child.channel   | 'namedpipe.process.worker.from-child.channel'
					command=cat; from-child.payload.type=text | from-child.channel | name of a channel
					command=cat; to-child.channel=in; stop-timeout=-1s | stop-timeout | not be negative
					command=cat,{out}; to-child.channel=in   | command            | 'namedpipe.process.worker.from-child.channel'
					command=cat,{in}; from-child.channel=out | command            | 'namedpipe.process.worker.to-child.channel'
					""")
	void whenValueIsWrongThenMessageNamesPropertyValueAndFix(String pairs, String property, String fix) {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> Properties.process(pairs.split("; ")))
			.satisfies((ex) -> {
				assertThat(ex.getName()).isEqualTo("namedpipe.process.worker." + property);
				assertThat(ex.getReason()).contains(fix);
			});
	}

}
