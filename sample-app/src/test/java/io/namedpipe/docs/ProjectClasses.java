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

package io.namedpipe.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;

import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * The names of the classes of this project that are on the class path.
 */
final class ProjectClasses {

	private ProjectClasses() {
	}

	static List<String> names() {
		try {
			return Stream
				.of(new PathMatchingResourcePatternResolver().getResources("classpath*:io/namedpipe/**/*.class"))
				.map((resource) -> path(resource.toString().replace('\\', '/')))
				.filter((name) -> !name.endsWith("-info"))
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String path(String resource) {
		int start = resource.lastIndexOf("io/namedpipe/");
		return resource.substring(start, resource.lastIndexOf(".class")).replace('/', '.');
	}

}
