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

package io.namedpipe.peers;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.integration.annotation.Gateway;
import org.springframework.integration.annotation.IntegrationComponentScan;
import org.springframework.integration.annotation.MessagingGateway;
import org.springframework.integration.annotation.ServiceActivator;

import io.namedpipe.testsupport.Requirement;

/**
 * The application that the peers talk to. Its pipes are in {@code peers.yml}.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@IntegrationComponentScan
class PeersApplication {

	private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

	/**
	 * Starts the application.
	 * @param folder where its pipes are
	 * @param messages whether there are pipes in message mode
	 * @return its context
	 */
	static ConfigurableApplicationContext run(Path folder, boolean messages) {
		return new SpringApplicationBuilder(PeersApplication.class).run(
				"--spring.config.location=classpath:/io/namedpipe/peers/peers.yml", "--namedpipe.directory=" + folder,
				"--peers.messages=" + messages, "--peers.run-as=" + canRunAsClients());
	}

	private static boolean canRunAsClients() {
		return File.separatorChar == '\\' || Requirement.ROOT.obstacle().isEmpty();
	}

	@Bean
	MultiprocessingKey key(@Value("${peers.key:none}") String key) {
		return new MultiprocessingKey(key);
	}

	@ServiceActivator(inputChannel = "echoes")
	byte[] echo(byte[] message) {
		return message;
	}

	@ServiceActivator(inputChannel = "sink")
	void receive(byte[] message) {
		this.received.add(new String(message, StandardCharsets.UTF_8));
	}

	@ServiceActivator(inputChannel = "personal")
	String create(String file) throws IOException {
		Files.createFile(Path.of(file));
		return "created";
	}

	BlockingQueue<String> received() {
		return this.received;
	}

	/**
	 * What the application sends.
	 */
	@MessagingGateway
	interface Sender {

		/**
		 * Asks the peer that echoes.
		 */
		@Gateway(requestChannel = "toPeer")
		byte[] ask(byte[] request);

		/**
		 * Asks the peer that has a key.
		 */
		@Gateway(requestChannel = "toKeyedPeer")
		byte[] askKeyed(byte[] request);

		/**
		 * Sends a line to the child.
		 */
		@Gateway(requestChannel = "toChild")
		void tell(String line);

		/**
		 * Asks the peer that serves one connection at a time.
		 */
		@Gateway(requestChannel = "toSinglePeer")
		byte[] askSingle(byte[] request);

		/**
		 * Sends to all that are connected to the feed.
		 */
		@Gateway(requestChannel = "feed")
		void feed(byte[] message);

		/**
		 * Sends to all that are connected to the pipe that also receives.
		 */
		@Gateway(requestChannel = "toDuplex")
		void sendDuplex(byte[] message);

		/**
		 * Sends to the peer that only reads.
		 */
		@Gateway(requestChannel = "toWriter")
		void write(byte[] message);

	}

}
