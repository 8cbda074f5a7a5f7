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

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import io.namedpipe.transport.windows.NativeProcess;
import io.namedpipe.transport.windows.WindowsProgram;

/**
 * The behaviour suite over {@code CreatePipe}, with a program in C for a child.
 */
@EnabledOnOs(OS.WINDOWS)
class WindowsAnonymousPipeBehaviourTests extends AnonymousPipeBehaviourTests {

	@Override
	boolean isBlockedRead(StackTraceElement frame) {
		return isIn(frame, "ReadFile");
	}

	@Override
	boolean isBlockedWrite(StackTraceElement frame) {
		return isIn(frame, "WriteFile");
	}

	private static boolean isIn(StackTraceElement frame, String call) {
		return frame.getClassName().equals("io.namedpipe.transport.windows.Kernel32")
				&& frame.getMethodName().equals(call);
	}

	private static List<String> child(String... arguments) {
		List<String> command = new ArrayList<>(List.of(WindowsProgram.path("anonymous-child")));
		command.addAll(List.of(arguments));
		return command;
	}

	@Override
	List<String> shout(String... inAndOut) {
		return (inAndOut.length > 0) ? child("shout", inAndOut[0], inAndOut[1]) : child("shout", "-");
	}

	@Override
	List<String> stay(String in, String out) {
		return child("wait", out, in);
	}

	@Override
	List<String> exit(String in, int code) {
		return child("exit", in, String.valueOf(code));
	}

	@Override
	List<String> arguments(String out, List<String> arguments) {
		List<String> command = child("arguments", out);
		command.addAll(arguments);
		return command;
	}

	@Override
	List<String> variableAndFolder(String out, String variable) {
		return child("variable", out, variable);
	}

	@Override
	Charset charset() {
		return StandardCharsets.UTF_16LE;
	}

	@Override
	Path workingFolder() {
		return Path.of(System.getProperty("windows.programs"));
	}

	@Override
	int terminatedCode() {
		return 1;
	}

	@Override
	int killedCode() {
		return 1;
	}

	@Override
	long handles() {
		return NativeProcess.handleCount();
	}

	@Override
	boolean hasNoMoreHandlesThan(long before) {
		return NativeProcess.hasNoMoreHandlesThan(before);
	}

	@Override
	int rounds() {
		return 20;
	}

}
