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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.core.type.classreading.MetadataReaderFactory;
import org.springframework.util.ClassUtils;

/**
 * What a native image has to keep for the calls to native code: the classes that JNA maps
 * to a library, and JNA's own library. What JNA itself needs beyond that is in GraalVM's
 * repository of reachability metadata. Nothing is needed where JNA is not on the class
 * path.
 */
class NamedPipeRuntimeHints implements RuntimeHintsRegistrar {

	private static final String JNA = "com.sun.jna.Native";

	private static final String PLATFORMS = "classpath*:io/namedpipe/transport/**/*.class";

	private static final String[] SERVICES = { "META-INF/services/io.namedpipe.transport.TransportProvider",
			"META-INF/services/io.namedpipe.transport.AnonymousPipes" };

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		for (String service : SERVICES) {
			hints.resources().registerPattern(service);
		}
		if (ClassUtils.isPresent(JNA, classLoader)) {
			hints.resources().registerPattern("com/sun/jna/*/libjnidispatch.*");
			hints.resources().registerPattern("com/sun/jna/*/jnidispatch.dll");
			registerMappedClasses(hints, classLoader);
		}
	}

	private void registerMappedClasses(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		PathMatchingResourcePatternResolver resolver = new PathMatchingResourcePatternResolver(classLoader);
		MetadataReaderFactory readers = MetadataReaderFactory.create(classLoader);
		try {
			for (Resource resource : resolver.getResources(PLATFORMS)) {
				Class<?> type = ClassUtils
					.forName(readers.getMetadataReader(resource).getClassMetadata().getClassName(), classLoader);
				if (Arrays.stream(type.getDeclaredMethods()).anyMatch(NamedPipeRuntimeHints::isNative)) {
					registerMappedClass(hints, type);
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (ClassNotFoundException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void registerMappedClass(RuntimeHints hints, Class<?> type) {
		TypeReference reference = TypeReference.of(type);
		hints.reflection().registerType(reference, MemberCategory.INVOKE_DECLARED_METHODS);
		hints.jni().registerType(reference, MemberCategory.INVOKE_DECLARED_METHODS);
	}

	private static boolean isNative(Method method) {
		return Modifier.isNative(method.getModifiers());
	}

}
