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

package io.namedpipe.testsupport;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import io.namedpipe.TransmissionMode;

/**
 * A user other than the one of the tests, who acts in a process of its own. Needs root.
 *
 * @param userId the uid
 * @param groupId the primary gid
 * @param groupIds the supplementary gids
 */
public record OtherUser(int userId, int groupId, List<Integer> groupIds) {

	/**
	 * A user.
	 * @param userId the uid
	 * @param groupId the primary gid
	 * @param groupIds the supplementary gids
	 * @return the user
	 */
	public static OtherUser of(int userId, int groupId, Integer... groupIds) {
		return new OtherUser(userId, groupId, Arrays.asList(groupIds));
	}

	/**
	 * Starts a client of an echo server as this user, see {@code access_client.py}.
	 * @param mode the mode of the pipe
	 * @param address the path of the pipe
	 * @return the client
	 * @throws IOException if it cannot be started
	 */
	public PeerProcess client(TransmissionMode mode, String address) throws IOException {
		List<String> arguments = new ArrayList<>(List.of((mode == TransmissionMode.BYTE) ? "stream" : "seqpacket",
				address, String.valueOf(this.userId), String.valueOf(this.groupId)));
		if (!this.groupIds.isEmpty()) {
			arguments.add(this.groupIds.stream().map(String::valueOf).collect(Collectors.joining(",")));
		}
		PeerProcess client = PeerProcess.python("access_client.py", arguments.toArray(new String[0]));
		client.nextLine();
		return client;
	}

	/**
	 * Connects once as this user.
	 * @param mode the mode of the pipe
	 * @param address the path of the pipe
	 * @return {@code admitted}, {@code refused} by the file's permissions, or
	 * {@code turned away} by the server
	 * @throws IOException if the client cannot be started
	 */
	public String connect(TransmissionMode mode, String address) throws IOException {
		try (PeerProcess client = client(mode, address)) {
			return client.ask("connect");
		}
	}

	/**
	 * The command that runs the command after it as this user.
	 * @return the command
	 */
	public String[] launcher() {
		return new String[] { "setpriv", "--reuid=" + this.userId, "--regid=" + this.groupId, "--clear-groups" };
	}

}
