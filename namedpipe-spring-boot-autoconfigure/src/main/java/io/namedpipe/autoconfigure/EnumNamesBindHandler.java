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

import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.core.convert.TypeDescriptor;

/**
 * Refuses a number for a property that is one of several names. Spring would take it for
 * the position of a name: 0x1 as rights, meant as a mask, would be the second.
 */
final class EnumNamesBindHandler extends AbstractBindHandler {

	@Override
	public Object onSuccess(ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
		ConfigurationProperty property = context.getConfigurationProperty();
		if (result instanceof Enum<?> chosen && property != null && property.getName().equals(name)
				&& property.getValue() instanceof Number number) {
			String written = YamlText.written(property);
			throw new ConversionFailedException(TypeDescriptor.forObject(number),
					TypeDescriptor.valueOf(chosen.getDeclaringClass()), number, new IllegalArgumentException(
							"'" + ((written != null) ? written : number) + "' is a number, and not one of the names"));
		}
		return result;
	}

}
