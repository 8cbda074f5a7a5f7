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

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.namedpipe.testsupport.Descriptors;

/**
 * The behaviour suite over {@code pipe(2)}, with the shell for a child.
 */
@EnabledOnOs(OS.LINUX)
class LinuxAnonymousPipeBehaviourTests extends AnonymousPipeBehaviourTests {

	@TempDir
	private Path folder;

	@Override
	boolean isBlockedRead(StackTraceElement frame) {
		return isBlocked(frame, "read");
	}

	@Override
	boolean isBlockedWrite(StackTraceElement frame) {
		return isBlocked(frame, "write");
	}

	private static boolean isBlocked(StackTraceElement frame, String call) {
		return frame.isNativeMethod() && frame.getClassName().contains("FileDispatcher")
				&& frame.getMethodName().startsWith(call);
	}

	private static List<String> shell(String script, Object... handles) {
		return List.of("sh", "-c", script.formatted(handles));
	}

	@Override
	List<String> shout(String... inAndOut) {
		return (inAndOut.length > 0) ? shell("tr a-z A-Z <&%s >&%s; echo done >&2", (Object[]) inAndOut)
				: shell("tr a-z A-Z; echo done >&2");
	}

	@Override
	List<String> stay(String in, String out) {
		return shell("printf x >&%2$s; exec sleep 300 <&%1$s", in, out);
	}

	@Override
	List<String> exit(String in, int code) {
		return shell("cat <&%s >/dev/null; exit %s", in, code);
	}

	@Override
	List<String> arguments(String out, List<String> arguments) {
		List<String> command = new ArrayList<>(shell("printf '%%s\\0' \"$@\" >&%s", out));
		command.add("sh");
		command.addAll(arguments);
		return command;
	}

	@Override
	List<String> variableAndFolder(String out, String variable) {
		return shell("printf '%%s\\0' \"$%s\" \"$(pwd)\" >&%s", variable, out);
	}

	@Override
	Charset charset() {
		return StandardCharsets.UTF_8;
	}

	@Override
	Path workingFolder() throws IOException {
		return this.folder.toRealPath();
	}

	@Override
	int terminatedCode() {
		return 128 + 15;
	}

	@Override
	int killedCode() {
		return 128 + 9;
	}

	@Override
	long handles() {
		return Descriptors.open();
	}

	@Override
	boolean hasNoMoreHandlesThan(long before) {
		return Descriptors.open() <= before;
	}

	@Override
	int rounds() {
		return 100;
	}

}
