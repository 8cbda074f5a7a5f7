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

package io.namedpipe.sample;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.integration.annotation.ServiceActivator;
import org.springframework.integration.support.MessageBuilder;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.stereotype.Component;

import io.namedpipe.integration.NamedPipeHeaders;
import io.namedpipe.integration.event.NamedPipeConnectionOpenedEvent;

/**
 * The server of the .NET guide "How to: Use Named Pipes for Network Interprocess
 * Communication": it greets, is told a path, opens the file <em>as the client</em> and
 * sends what is in it. Whether the client may read the file is for the operating system
 * to say. Clients: the one of the guide as it is, {@code files.py}.
 */
@Component
@Profile("file-server")
class FileServer {

	static final String GREETING = "I am the one true server!";

	/** The length before a string counts bytes of UTF-16 and has two bytes itself. */
	private static final int LONGEST_STRING = 0xFFFF / 2;

	private static final Log logger = LogFactory.getLog(FileServer.class);

	private final MessageChannel greetings;

	FileServer(@Qualifier("fileGreetings") MessageChannel greetings) {
		this.greetings = greetings;
	}

	@EventListener(condition = "#event.pipe == 'files'")
	void greet(NamedPipeConnectionOpenedEvent event) {
		this.greetings.send(MessageBuilder.withPayload(GREETING)
			.setHeader(NamedPipeHeaders.CONNECTION_ID, event.getConnection().id())
			.build());
	}

	@ServiceActivator(inputChannel = "fileRequests")
	String read(String name, @Header(NamedPipeHeaders.REMOTE_USER) String user) {
		logger.info("Reading " + name + " as user " + user);
		try {
			Path file = Path.of(name);
			return Files.isDirectory(file) ? refused(name, "it is a folder") : read(file);
		}
		catch (AccessDeniedException ex) {
			return refused(name, "user " + user + " may not read it");
		}
		catch (NoSuchFileException ex) {
			return refused(name, "there is no such file");
		}
		catch (IOException | InvalidPathException ex) {
			return refused(name, String.valueOf(ex.getMessage()));
		}
	}

	// Opening is what tells whether the client may: Files.isReadable asks for the server
	private String read(Path file) throws IOException {
		try (InputStream content = Files.newInputStream(file)) {
			String text = new String(content.readNBytes(4 * LONGEST_STRING), StandardCharsets.UTF_8);
			return (text.length() <= LONGEST_STRING) ? text
					: refused(file.toString(), "it has more than " + LONGEST_STRING + " characters");
		}
	}

	private static String refused(String name, String reason) {
		return "Refused: " + name + ": " + reason;
	}

}
