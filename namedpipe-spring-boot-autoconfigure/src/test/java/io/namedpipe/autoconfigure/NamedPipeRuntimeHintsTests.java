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

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.test.context.FilteredClassLoader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link NamedPipeRuntimeHints}.
 */
class NamedPipeRuntimeHintsTests {

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages("io.namedpipe");

	private final RuntimeHints hints = new RuntimeHints();

	@Test
	void whenClassHasNativeMethodsThenJnaCanMapThem() {
		new NamedPipeRuntimeHints().registerHints(this.hints, getClass().getClassLoader());
		assertThat(CLASSES.stream().filter(NamedPipeRuntimeHintsTests::isMapped)).isNotEmpty()
			.allSatisfy((type) -> assertThat(RuntimeHintsPredicates.reflection()
				.onType(TypeReference.of(type.getName()))
				.withMemberCategory(MemberCategory.INVOKE_DECLARED_METHODS)).as(type.getName()).accepts(this.hints))
			.allSatisfy((type) -> assertThat(this.hints.jni().getTypeHint(TypeReference.of(type.getName())))
				.as(type.getName())
				.isNotNull());
	}

	@Test
	void whenHintsAreCountedThenNoPackageIsMissed() {
		String[] packages = { "io.namedpipe.transport.unix.libc", "io.namedpipe.transport.unix.account",
				"io.namedpipe.transport.unix.identity", "io.namedpipe.transport.windows" };

		new NamedPipeRuntimeHints().registerHints(this.hints, getClass().getClassLoader());

		assertThat(this.hints.jni().typeHints()).extracting((hint) -> hint.getType().getPackageName())
			.containsOnly(packages);
		assertThat(this.hints.jni().typeHints()).hasSizeGreaterThan(packages.length);
	}

	/**
	 * Other ways to map a library need other hints: a proxy for an interface, fields for
	 * a structure, methods for a callback.
	 */
	@Test
	void librariesAreMappedByNativeMethodsOnly() {
		assertThat(CLASSES.stream()
			.filter((type) -> type.isAssignableTo("com.sun.jna.Library") || type.isAssignableTo("com.sun.jna.Structure")
					|| type.isAssignableTo("com.sun.jna.Callback")))
			.isEmpty();
	}

	@Test
	void whenJnaIsOnClassPathThenItsLibraryIsKept() {
		new NamedPipeRuntimeHints().registerHints(this.hints, getClass().getClassLoader());
		assertThat(RuntimeHintsPredicates.resource().forResource("com/sun/jna/linux-x86-64/libjnidispatch.so"))
			.accepts(this.hints);
		assertThat(RuntimeHintsPredicates.resource().forResource("com/sun/jna/linux-aarch64/libjnidispatch.so"))
			.accepts(this.hints);
		assertThat(RuntimeHintsPredicates.resource().forResource("com/sun/jna/darwin-aarch64/libjnidispatch.jnilib"))
			.accepts(this.hints);
		assertThat(RuntimeHintsPredicates.resource().forResource("com/sun/jna/win32-x86-64/jnidispatch.dll"))
			.accepts(this.hints);
	}

	@Test
	void whenJnaIsMissingThenOnlyTransportsAreFound() {
		new NamedPipeRuntimeHints().registerHints(this.hints, new FilteredClassLoader("com.sun.jna"));
		assertThat(this.hints.reflection().typeHints()).isEmpty();
		assertThat(RuntimeHintsPredicates.resource()
			.forResource("META-INF/services/io.namedpipe.transport.TransportProvider")).accepts(this.hints);
		assertThat(RuntimeHintsPredicates.resource()
			.forResource("META-INF/services/io.namedpipe.transport.AnonymousPipes")).accepts(this.hints);
	}

	private static boolean isMapped(JavaClass type) {
		return type.getMethods().stream().anyMatch((method) -> method.getModifiers().contains(JavaModifier.NATIVE));
	}

}
