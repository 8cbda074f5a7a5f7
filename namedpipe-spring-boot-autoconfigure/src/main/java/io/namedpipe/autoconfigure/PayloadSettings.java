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

import org.jspecify.annotations.Nullable;

import io.namedpipe.autoconfigure.NamedPipeProperties.OnMalformed;
import io.namedpipe.autoconfigure.NamedPipeProperties.Payload;
import io.namedpipe.autoconfigure.NamedPipeProperties.PayloadType;
import io.namedpipe.autoconfigure.NamedPipeProperties.SentPayload;
import io.namedpipe.framing.PayloadFormat;

/**
 * What flows get as payload, checked.
 *
 * @param type bytes, text or JSON
 * @param charset the charset of text
 * @param onMalformed what happens with bytes that are no text, or no JSON
 * @param targetType what JSON becomes, or {@code null} for a tree
 */
record PayloadSettings(PayloadType type, Charset charset, OnMalformed onMalformed, @Nullable String targetType) {

	PayloadSettings(PayloadType type, Charset charset, OnMalformed onMalformed) {
		this(type, charset, onMalformed, null);
	}

	static PayloadSettings from(PropertyPath path, Payload properties) {
		PayloadSettings settings = new PayloadSettings(properties.getType(), properties.getCharset(),
				properties.getOnMalformed(), path.optionalText("target-type", properties.getTargetType(),
						"It must not be blank; leave it out to get trees of JSON"));
		settings.verify(path);
		return settings;
	}

	static PayloadSettings from(PropertyPath path, SentPayload properties) {
		PayloadSettings settings = new PayloadSettings(properties.getType(), properties.getCharset(),
				OnMalformed.REPORT);
		settings.verify(path);
		return settings;
	}

	private void verify(PropertyPath path) {
		boolean json = this.type == PayloadType.JSON;
		if (json && !this.charset.equals(StandardCharsets.UTF_8)) {
			throw path.invalid("charset", this.charset,
					"JSON is in UTF-8, as '%s' is 'json'; remove it".formatted(path.name("type")));
		}
		if (json && this.onMalformed == OnMalformed.REPLACE) {
			throw path.invalid("on-malformed", "replace",
					"Nothing can take the place of JSON, as '%s' is 'json'; set 'report' or 'close'"
						.formatted(path.name("type")));
		}
		if (!json && this.onMalformed == OnMalformed.CLOSE) {
			throw path.invalid("on-malformed", "close",
					"It is used with '%s' set to 'json' only; set that, or 'report', which closes as well"
						.formatted(path.name("type")));
		}
		if (!json && this.targetType != null) {
			throw path.invalid("target-type", this.targetType,
					"It is used with '%s' set to 'json' only; set that, or remove it".formatted(path.name("type")));
		}
	}

	/**
	 * What payloads are on the pipe: bytes that are no text are bytes here, also if
	 * something else is made of them.
	 */
	PayloadFormat format() {
		PayloadFormat format = (this.type == PayloadType.TEXT) ? PayloadFormat.text(this.charset)
				: PayloadFormat.bytes(this.charset);
		return (this.onMalformed == OnMalformed.REPLACE) ? format.replacingMalformed() : format;
	}

}
