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

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.serializer.Deserializer;
import org.springframework.core.serializer.Serializer;
import org.springframework.util.ClassUtils;

import io.namedpipe.autoconfigure.NamedPipeProperties.PayloadType;
import io.namedpipe.framing.FrameCodec;
import io.namedpipe.framing.FramingType;
import io.namedpipe.framing.MessageFraming;
import io.namedpipe.framing.PayloadFormat;

/**
 * Makes framings from settings. A codec is looked up among the beans, and so is what
 * reads and writes JSON.
 */
class Framings {

	private static final String JACKSON = "tools.jackson.databind.json.JsonMapper";

	/** Takes the place of a codec, as it refuses nothing that is asked of a framing. */
	private static final MessageFraming ANY_CODEC = MessageFraming.lengthHeader(4, ByteOrder.BIG_ENDIAN);

	private final @Nullable ListableBeanFactory beanFactory;

	Framings(@Nullable ListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Framings that check as much as can be checked without beans. Something takes the
	 * place of a codec and of JSON.
	 */
	static Framings withoutBeans() {
		return new Framings(null);
	}

	/**
	 * Makes the format of payloads.
	 * @param path where the payload is configured
	 * @param settings what payloads are
	 * @return the format
	 */
	PayloadFormat format(PropertyPath path, PayloadSettings settings) {
		if (settings.type() != PayloadType.JSON || this.beanFactory == null) {
			return settings.format();
		}
		if (!ClassUtils.isPresent(JACKSON, getClass().getClassLoader())) {
			throw path.invalid("type", "json", "Jackson 3 is not on the class path. Add the dependency "
					+ "'org.springframework.boot:spring-boot-starter-jackson', or set 'bytes' or 'text'");
		}
		return new JsonFormats(this.beanFactory).format(path, settings);
	}

	/**
	 * Makes a framing.
	 * @param path where the framing is configured
	 * @param settings the framing, or {@code null} in message mode
	 * @param payload what payloads are
	 * @return the framing
	 */
	MessageFraming framing(PropertyPath path, @Nullable FramingSettings settings, PayloadSettings payload) {
		MessageFraming framing = (settings != null) ? framing(settings) : MessageFraming.messageMode();
		PropertyPath payloadPath = path.sibling("payload");
		if (payload.type() == PayloadType.JSON && framing.makesObjects()) {
			throw payloadPath.invalid("type", "json",
					"The Serializer that is the codec makes objects itself; remove it, or '%s'"
						.formatted(path.name("codec")));
		}
		if (payload.type() == PayloadType.JSON && settings != null && settings.in().type() == FramingType.RAW) {
			throw payloadPath.invalid("type", "json",
					"Nothing tells where a value ends, as '%s' is 'raw'; set 'json' there"
						.formatted(settings.in().path().name("type")));
		}
		payloadPath.check("charset", payload.charset(), () -> framing.check(payload.format()));
		return framing;
	}

	private MessageFraming framing(FramingSettings settings) {
		MessageFraming in = framing(settings.in());
		return (settings.in() == settings.out()) ? in : MessageFraming.of(in, framing(settings.out()));
	}

	private MessageFraming framing(FramingSettings.OneWay settings) {
		return (settings.framing() != null) ? settings.framing()
				: codec(settings.path(), Objects.requireNonNull(settings.codec()));
	}

	private MessageFraming codec(PropertyPath path, String codec) {
		return (this.beanFactory != null) ? codec(path, codec, this.beanFactory) : ANY_CODEC;
	}

	private static MessageFraming codec(PropertyPath path, String codec, ListableBeanFactory beanFactory) {
		Object bean = (beanFactory.containsBean(codec)) ? beanFactory.getBean(codec) : null;
		if (bean instanceof FrameCodec frameCodec) {
			return MessageFraming.codec(frameCodec, codec);
		}
		if (bean instanceof Serializer<?> serializer && bean instanceof Deserializer<?> deserializer) {
			return MessageFraming.serializer(serializer, deserializer, codec);
		}
		throw new NamedPipeBeanNotFoundException(path.name("codec"), codec,
				"a FrameCodec, or a Serializer that is a Deserializer as well",
				(bean != null) ? bean.getClass().getName() : null, candidates(beanFactory));
	}

	private static List<String> candidates(ListableBeanFactory beanFactory) {
		return Stream
			.concat(names(beanFactory, FrameCodec.class),
					names(beanFactory, Serializer.class)
						.filter((name) -> beanFactory.isTypeMatch(name, Deserializer.class)))
			.distinct()
			.toList();
	}

	private static Stream<String> names(ListableBeanFactory beanFactory, Class<?> type) {
		return Arrays.stream(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory, type));
	}

}
