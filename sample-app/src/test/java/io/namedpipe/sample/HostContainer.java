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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.ImageFromDockerfile;
import org.testcontainers.images.builder.Transferable;

/**
 * A container as locked up as one gets it: a user without privileges, no capabilities, no
 * network, and a root file system that is read-only. Its image is empty, as none can be
 * pulled where there is no network; the programs are those of this machine, mounted
 * read-only.
 */
final class HostContainer extends GenericContainer<HostContainer> {

	private static final String IMAGE = "namedpipe-test/empty";

	private static final List<String> PROGRAMS = List.of("/usr", "/lib", "/lib64");

	private final List<Bind> binds = new ArrayList<>();

	private final List<String> groups = new ArrayList<>();

	HostContainer(int userId, int groupId) throws IOException {
		super(new ImageFromDockerfile(IMAGE, false).withFileFromTransferable("empty", Transferable.of(""))
			.withDockerfileFromBuilder((builder) -> builder.from("scratch").copy("empty", "/empty").build()));
		mounts().forEach((path) -> withReadOnly(path, path.toString()));
		withNetworkMode("none");
		withCreateContainerCmdModifier((command) -> {
			command.withUser(userId + ":" + groupId);
			command.getHostConfig()
				.withBinds(this.binds)
				.withGroupAdd(this.groups)
				.withReadonlyRootfs(true)
				.withCapDrop(Capability.ALL)
				.withSecurityOpts(List.of("no-new-privileges"))
				.withTmpFs(Map.of("/tmp", "exec,uid=" + userId));
		});
	}

	/**
	 * Mounts a file or folder of this machine.
	 * @param source what to mount
	 * @param target where it is in the container
	 */
	HostContainer withReadOnly(Path source, String target) {
		this.binds.add(Bind.parse(source + ":" + target + ":ro"));
		return this;
	}

	/**
	 * Gives the program a supplementary group.
	 * @param groupId its gid
	 */
	HostContainer withGroup(int groupId) {
		this.groups.add(String.valueOf(groupId));
		return this;
	}

	/**
	 * Mounts a volume.
	 * @param volume its name
	 * @param target where it is in the container
	 */
	HostContainer withVolume(String volume, String target) {
		this.binds.add(Bind.parse(volume + ":" + target));
		return this;
	}

	/**
	 * Ends the program at once, as {@code kill -9} does, and keeps the container.
	 */
	void kill() {
		getDockerClient().killContainerCmd(getContainerId()).exec();
	}

	/**
	 * Starts the program again, in the same container.
	 */
	void startAgain() {
		getDockerClient().startContainerCmd(getContainerId()).exec();
	}

	private static Set<Path> mounts() throws IOException {
		Set<Path> mounts = new LinkedHashSet<>();
		PROGRAMS.stream().map(Path::of).filter(Files::isDirectory).forEach(mounts::add);
		Path jdk = Path.of(System.getProperty("java.home"));
		// Debian keeps the configuration of its JDK elsewhere
		Path configuration = jdk.resolve("conf/net.properties").toRealPath().getParent();
		for (Path path : List.of(jdk, configuration)) {
			if (mounts.stream().noneMatch(path::startsWith)) {
				mounts.add(path);
			}
		}
		return mounts;
	}

}
