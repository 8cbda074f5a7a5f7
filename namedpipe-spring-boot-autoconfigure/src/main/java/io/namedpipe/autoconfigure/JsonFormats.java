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

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.TypeFactory;

import io.namedpipe.autoconfigure.NamedPipeProperties.OnMalformed;
import io.namedpipe.framing.JsonPayloads;
import io.namedpipe.framing.PayloadFormat;

/**
 * Makes the format of payloads that are JSON on the pipe, with the mapper of the
 * application. Loaded only where Jackson is on the class path.
 */
class JsonFormats {

	private final ListableBeanFactory beanFactory;

	JsonFormats(ListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	PayloadFormat format(PropertyPath path, PayloadSettings settings) {
		JsonMapper mapper = this.beanFactory.getBeanProvider(JsonMapper.class).getIfUnique();
		if (mapper == null) {
			throw path.invalid("type", "json",
					"It takes a bean of type tools.jackson.databind.json.JsonMapper, one of several being primary. Add the "
							+ "dependency 'org.springframework.boot:spring-boot-starter-jackson', or a bean of your own");
		}
		JavaType type = type(path, mapper.getTypeFactory(), settings.targetType());
		verifyReadable(path, mapper, type);
		PayloadFormat format = JsonPayloads.format(mapper, type);
		return (settings.onMalformed() == OnMalformed.CLOSE) ? format.closingOnMalformed() : format;
	}

	/** Jackson looks for what it needs when the first value is read, whatever that is. */
	private static void verifyReadable(PropertyPath path, JsonMapper mapper, JavaType type) {
		for (String json : List.of("{}", "[{}]")) {
			try {
				mapper.readerFor(type).readValue(json);
			}
			catch (InvalidDefinitionException ex) {
				throw path.invalid("target-type", type.toCanonical(),
						"Jackson cannot make such objects: " + ex.getOriginalMessage(), ex);
			}
			catch (LinkageError ex) {
				throw unloadable(path, type.toCanonical(), ex);
			}
			catch (RuntimeException ex) {
				// no object or array of this kind, then
			}
		}
	}

	private static RuntimeException unloadable(PropertyPath path, String type, LinkageError failure) {
		return path.invalid("target-type", type, "The class cannot be loaded: " + failure, failure);
	}

	private JavaType type(PropertyPath path, TypeFactory types, @Nullable String name) {
		if (name == null) {
			return types.constructType(JsonNode.class);
		}
		ClassLoader loader = (this.beanFactory instanceof ConfigurableBeanFactory configurable)
				? configurable.getBeanClassLoader() : ClassUtils.getDefaultClassLoader();
		TypeFactory ofApplication = (loader != null) ? types.withClassLoader(loader) : types;
		try {
			return ofApplication.constructFromCanonical(name);
		}
		catch (LinkageError ex) {
			// some versions of Jackson initialize the class here
			throw unloadable(path, name, ex);
		}
		catch (IllegalArgumentException ex) {
			throw path.invalid("target-type", name, "There is no such class, or no such type (" + ex.getMessage()
					+ "): give its full name, that of a nested one with '$', for example "
					+ "com.acme.Orders$Order or java.util.List<com.acme.Order>; leave it out to get trees of JSON", ex);
		}
	}

}
