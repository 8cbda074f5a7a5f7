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

package io.namedpipe;

import java.util.Set;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.Architectures;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import io.namedpipe.integration.NamedPipeBuilder;
import io.namedpipe.transport.AnonymousPipes;
import io.namedpipe.transport.TransportProvider;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Guards the floors of the library: every arrow between packages points down.
 */
class ArchitectureTests {

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages("io.namedpipe");

	@Test
	void everyPackageKnowsOnlyThoseBelowIt() {
		check(Architectures.layeredArchitecture()
			.consideringOnlyDependenciesInAnyPackage("io.namedpipe..")
			.withOptionalLayers(true)
			.ensureAllClassesAreContainedInArchitecture()
			.layer("autoconfigure")
			.definedBy("io.namedpipe.autoconfigure..")
			.layer("actuate")
			.definedBy("io.namedpipe.actuate..")
			.layer("metrics")
			.definedBy("io.namedpipe.metrics..")
			.layer("test")
			.definedBy("io.namedpipe.test..")
			.layer("integration")
			.definedBy("io.namedpipe.integration..")
			.layer("framing")
			.definedBy("io.namedpipe.framing..")
			.layer("socket")
			.definedBy("io.namedpipe.socket..")
			.layer("pipe")
			.definedBy("io.namedpipe")
			.layer("access")
			.definedBy("io.namedpipe.access..")
			.layer("platforms")
			.definedBy("io.namedpipe.transport.*..")
			.layer("transport")
			.definedBy("io.namedpipe.transport")
			.whereLayer("autoconfigure")
			.mayNotBeAccessedByAnyLayer()
			.whereLayer("actuate")
			.mayOnlyBeAccessedByLayers("autoconfigure")
			.whereLayer("metrics")
			.mayOnlyBeAccessedByLayers("autoconfigure", "actuate")
			.whereLayer("test")
			.mayNotBeAccessedByAnyLayer()
			.whereLayer("integration")
			.mayOnlyBeAccessedByLayers("autoconfigure", "actuate", "metrics", "test")
			.whereLayer("framing")
			.mayOnlyBeAccessedByLayers("autoconfigure", "actuate", "metrics", "test", "integration")
			.whereLayer("socket")
			.mayOnlyBeAccessedByLayers("autoconfigure")
			.whereLayer("pipe")
			.mayOnlyBeAccessedByLayers("autoconfigure", "actuate", "metrics", "test", "integration", "framing",
					"socket")
			.whereLayer("access")
			.mayOnlyBeAccessedByLayers("autoconfigure", "actuate", "metrics", "integration", "framing", "pipe")
			.whereLayer("platforms")
			.mayNotBeAccessedByAnyLayer()
			.whereLayer("platforms")
			.mayOnlyAccessLayers("transport"));
	}

	@Test
	void noPackagesDependOnEachOtherInACircle() {
		check(SlicesRuleDefinition.slices().assignedFrom(new PackageSlices()).should().beFreeOfCycles());
	}

	@Test
	void platformsDoNotKnowEachOther() {
		check(SlicesRuleDefinition.slices().matching("io.namedpipe.transport.(*)..").should().notDependOnEachOther());
	}

	@Test
	void everyPackageOfUnixKnowsOnlyThoseBelowIt() {
		String unix = "io.namedpipe.transport.unix.";
		check(Architectures.layeredArchitecture()
			.consideringOnlyDependenciesInAnyPackage(unix + ".")
			.layer("seqpacket")
			.definedBy(unix + "seqpacket")
			.layer("anonymous")
			.definedBy(unix + "anonymous")
			.layer("socket")
			.definedBy(unix + "socket")
			.layer("fifo")
			.definedBy(unix + "fifo")
			.layer("identity")
			.definedBy(unix + "identity")
			.layer("file")
			.definedBy(unix + "file")
			.layer("account")
			.definedBy(unix + "account")
			.layer("libc")
			.definedBy(unix + "libc")
			.ensureAllClassesAreContainedInArchitectureIgnoring(
					DescribedPredicate.describe("are not of Unix", (type) -> !type.getPackageName().startsWith(unix)))
			.whereLayer("seqpacket")
			.mayNotBeAccessedByAnyLayer()
			.whereLayer("anonymous")
			.mayNotBeAccessedByAnyLayer()
			.whereLayer("socket")
			.mayOnlyBeAccessedByLayers("seqpacket")
			.whereLayer("fifo")
			.mayOnlyBeAccessedByLayers("anonymous")
			.whereLayer("identity")
			.mayOnlyBeAccessedByLayers("seqpacket", "socket")
			.whereLayer("file")
			.mayOnlyBeAccessedByLayers("seqpacket", "anonymous", "socket", "fifo")
			.whereLayer("account")
			.mayOnlyBeAccessedByLayers("seqpacket", "socket", "fifo", "identity", "file")
			.whereLayer("libc")
			.mayOnlyBeAccessedByLayers("seqpacket", "anonymous", "socket", "fifo", "file", "account"));
	}

	@Test
	void unixIsPublicOnlyWhereAnotherPackageNeedsIt() {
		JavaClasses unix = CLASSES.that(JavaClass.Predicates.resideInAPackage("io.namedpipe.transport.unix.."));
		assertThat(unix).filteredOn(ArchitectureTests::isPublicService).hasSize(4);
		assertThat(unix).filteredOn((type) -> isPublic(type) && !isPublicService(type))
			.isNotEmpty()
			.allSatisfy((type) -> assertThat(type.getDirectDependenciesToSelf()).as(type.getName())
				.anyMatch((use) -> !isSamePackage(use.getOriginClass(), type)));
		assertThat(unix.stream().filter((type) -> !isPublicService(type)).flatMap((type) -> type.getMethods().stream()))
			.filteredOn(ArchitectureTests::isPublicByChoice)
			.isNotEmpty()
			.allSatisfy((method) -> assertThat(method.getAccessesToSelf()).as(method.getFullName())
				.anyMatch((use) -> !isSamePackage(use.getOriginOwner(), method.getOwner())));
	}

	@Test
	void onlyFourPackagesMapNativeFunctions() {
		check(ArchRuleDefinition.noMethods()
			.that()
			.areDeclaredInClassesThat()
			.resideOutsideOfPackages("io.namedpipe.transport.unix.libc", "io.namedpipe.transport.unix.account",
					"io.namedpipe.transport.unix.identity", "io.namedpipe.transport.windows")
			.should()
			.haveModifier(JavaModifier.NATIVE));
	}

	@Test
	void everyPackageIsNullMarked() {
		assertThat(CLASSES.stream().map(JavaClass::getPackage).distinct()).isNotEmpty()
			.allSatisfy((javaPackage) -> assertThat(isNullMarked(javaPackage)).as(javaPackage.getName()).isTrue());
	}

	@Test
	void onlyPlatformsCallNativeCode() {
		check(ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackages("io.namedpipe.transport.unix..", "io.namedpipe.transport.windows..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("com.sun.jna.."));
	}

	@Test
	void onlyMetricsAndWhatIsAboveThemNeedMicrometerCore() {
		check(ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackages("io.namedpipe.autoconfigure..", "io.namedpipe.actuate..", "io.namedpipe.metrics..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("io.micrometer.core.."));
	}

	@Test
	void onlyActuateAndWhatIsAboveItNeedsTheActuator() {
		check(ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackages("io.namedpipe.autoconfigure..", "io.namedpipe.actuate..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework.boot.actuate..", "org.springframework.boot.health.."));
	}

	@Test
	void thePipeApiAndWhatIsBelowItAreFreeOfSpring() {
		check(ArchRuleDefinition.noClasses()
			.that()
			.resideInAnyPackage("io.namedpipe", "io.namedpipe.access..", "io.namedpipe.socket..",
					"io.namedpipe.transport..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework.."));
	}

	@Test
	void framingNeedsNothingOfSpringButSerializers() {
		check(ArchRuleDefinition.noClasses()
			.that()
			.resideInAnyPackage("io.namedpipe.framing..")
			.should()
			.dependOnClassesThat(DescribedPredicate.describe("are of Spring, but not serializers",
					(type) -> type.getPackageName().startsWith("org.springframework.")
							&& !type.getPackageName().equals("org.springframework.core.serializer"))));
	}

	@Test
	void onlyAutoConfigurationNeedsSpringBoot() {
		check(ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackages("io.namedpipe.autoconfigure..", "io.namedpipe.actuate..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework.boot.."));
	}

	@Test
	void noEnumHasTwinThatIsFoundByItsName() {
		check(ArchRuleDefinition.noClasses()
			.should()
			.callMethodWhere(DescribedPredicate.describe("finds a constant of ours by its name",
					(call) -> call.getName().equals("valueOf") && call.getTargetOwner().isEnum()
							&& call.getTargetOwner().getPackageName().startsWith("io.namedpipe"))));
	}

	@Test
	void failureAnalyzersDoNotSearchInMessages() {
		check(ArchRuleDefinition.noClasses()
			.that()
			.haveSimpleNameEndingWith("FailureAnalyzer")
			.should()
			.callMethodWhere(DescribedPredicate.describe("searches in a text",
					(call) -> call.getTargetOwner().isEquivalentTo(String.class)
							&& Set.of("contains", "indexOf", "matches").contains(call.getName()))));
	}

	@Test
	void onlyMappersSetOnBuildersWhatPropertiesSay() {
		check(ArchRuleDefinition.noClasses()
			.that()
			.resideInAPackage("io.namedpipe.autoconfigure..")
			.and()
			.haveSimpleNameNotEndingWith("PropertiesMapper")
			.should()
			.callMethodWhere(DescribedPredicate.describe("sets something on a builder of a pipe",
					(call) -> isBuilderOfPipe(call.getTargetOwner()) && !call.getName().equals("build"))));
	}

	private static void check(ArchRule rule) {
		rule.allowEmptyShould(true).check(CLASSES);
	}

	private static boolean isBuilderOfPipe(JavaClass type) {
		return type.isAssignableTo(PipeBuilder.class) || type.isAssignableTo(NamedPipeBuilder.class);
	}

	private static boolean isPublic(JavaClass type) {
		return type.getModifiers().contains(JavaModifier.PUBLIC)
				&& type.getEnclosingClass().map(ArchitectureTests::isPublic).orElse(true);
	}

	private static boolean isPublicService(JavaClass type) {
		return isPublic(type)
				&& (type.isAssignableTo(TransportProvider.class) || type.isAssignableTo(AnonymousPipes.class));
	}

	private static boolean isPublicByChoice(JavaMethod method) {
		JavaClass owner = method.getOwner();
		return method.getModifiers().contains(JavaModifier.PUBLIC) && isPublic(owner) && !owner.isEnum()
				&& !owner.isInterface() && !owner.isRecord() && !overrides(method);
	}

	private static boolean overrides(JavaMethod method) {
		String[] parameters = method.getRawParameterTypes().stream().map(JavaClass::getName).toArray(String[]::new);
		JavaClass owner = method.getOwner();
		return Stream.concat(owner.getAllRawSuperclasses().stream(), owner.getAllRawInterfaces().stream())
			.anyMatch((type) -> type.tryGetMethod(method.getName(), parameters).isPresent());
	}

	private static boolean isSamePackage(JavaClass one, JavaClass other) {
		return one.getPackageName().equals(other.getPackageName());
	}

	private static boolean isNullMarked(JavaPackage javaPackage) {
		return javaPackage.isAnnotatedWith(NullMarked.class);
	}

	private static final class PackageSlices implements SliceAssignment {

		@Override
		public SliceIdentifier getIdentifierOf(JavaClass type) {
			return SliceIdentifier.of(type.getPackageName());
		}

		@Override
		public String getDescription() {
			return "packages";
		}

	}

}
