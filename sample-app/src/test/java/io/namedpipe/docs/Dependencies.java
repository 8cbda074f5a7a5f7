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

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathFactory;

import org.w3c.dom.Document;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares a dependency that a page shows with the module that it means.
 */
final class Dependencies {

	private Dependencies() {
	}

	static void verify(Snippet snippet) throws Exception {
		DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
		XPath xpath = XPathFactory.newInstance().newXPath();
		Document shown = factory.newDocumentBuilder()
			.parse(new ByteArrayInputStream(snippet.code().getBytes(StandardCharsets.UTF_8)));
		String artifact = xpath.evaluate("/dependency/artifactId", shown);
		Path pom = Page.ROOT.resolve(artifact).resolve("pom.xml");
		Document module = factory.newDocumentBuilder().parse(pom.toFile());
		assertThat(artifact).isEqualTo(xpath.evaluate("/project/artifactId", module));
		assertThat(xpath.evaluate("/dependency/groupId", shown))
			.isEqualTo(xpath.evaluate("/project/parent/groupId", module));
		assertThat(xpath.evaluate("/dependency/version", shown))
			.isEqualTo(xpath.evaluate("/project/parent/version", module));
	}

}
