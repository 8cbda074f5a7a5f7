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

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import io.namedpipe.PipeConnection;
import io.namedpipe.autoconfigure.NamedPipeConnectionInitializer;

/**
 * The {@code authkey} of Python's {@code multiprocessing.connection}: each side proves to
 * the other that it knows the key, the one that accepted asks first.
 */
class MultiprocessingKey implements NamedPipeConnectionInitializer {

	private static final byte[] CHALLENGE = "#CHALLENGE#".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] WELCOME = "#WELCOME#".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] FAILURE = "#FAILURE#".getBytes(StandardCharsets.US_ASCII);

	private static final int LARGEST = 256;

	private final SecureRandom random = new SecureRandom();

	private final String key;

	/**
	 * A key.
	 * @param key the key of both sides
	 */
	MultiprocessingKey(String key) {
		this.key = key;
	}

	@Override
	public void initialize(String name, PipeConnection connection) throws Exception {
		DataInputStream in = new DataInputStream(connection.inputStream());
		DataOutputStream out = new DataOutputStream(connection.outputStream());
		switch (name) {
			case "keyed" -> {
				ask(in, out);
				answer(in, out);
			}
			case "keyed-peer" -> {
				answer(in, out);
				ask(in, out);
			}
			default -> {
				// an entry without key
			}
		}
	}

	private void ask(DataInputStream in, DataOutputStream out) throws IOException, GeneralSecurityException {
		byte[] text = new byte[20];
		this.random.nextBytes(text);
		send(out, join(CHALLENGE, text));
		boolean known = MessageDigest.isEqual(receive(in), digest(text));
		send(out, known ? WELCOME : FAILURE);
		if (!known) {
			throw new IOException("the peer does not know the key");
		}
	}

	private void answer(DataInputStream in, DataOutputStream out) throws IOException, GeneralSecurityException {
		byte[] challenge = receive(in);
		if (challenge.length < CHALLENGE.length
				|| !Arrays.equals(Arrays.copyOf(challenge, CHALLENGE.length), CHALLENGE)) {
			throw new IOException("the peer sends no challenge, so it has no key");
		}
		send(out, digest(Arrays.copyOfRange(challenge, CHALLENGE.length, challenge.length)));
		if (!Arrays.equals(receive(in), WELCOME)) {
			throw new IOException("the peer has another key");
		}
	}

	private byte[] digest(byte[] text) throws GeneralSecurityException {
		Mac mac = Mac.getInstance("HmacMD5");
		mac.init(new SecretKeySpec(this.key.getBytes(StandardCharsets.UTF_8), mac.getAlgorithm()));
		return mac.doFinal(text);
	}

	private static void send(DataOutputStream out, byte[] message) throws IOException {
		ByteArrayOutputStream frame = new ByteArrayOutputStream();
		new DataOutputStream(frame).writeInt(message.length);
		frame.write(message);
		out.write(frame.toByteArray());
		out.flush();
	}

	private static byte[] receive(DataInputStream in) throws IOException {
		int length = in.readInt();
		if (length < 0 || length > LARGEST) {
			throw new IOException("the peer sends a message of " + length + " bytes in place of a challenge or answer");
		}
		byte[] message = new byte[length];
		in.readFully(message);
		return message;
	}

	private static byte[] join(byte[] first, byte[] second) {
		byte[] joined = Arrays.copyOf(first, first.length + second.length);
		System.arraycopy(second, 0, joined, first.length, second.length);
		return joined;
	}

}
