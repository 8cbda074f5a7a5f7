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

package io.namedpipe.transport.windows;

import java.io.File;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

import io.namedpipe.transport.AnonymousPipe;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;

/**
 * Starts a process that inherits the handles on a list and no others. The JDK's own start
 * passes on every handle that can be inherited at that moment.
 */
final class ProcessLauncher {

	private static final int PROCESS_INFORMATION_SIZE = 24;

	private static final int THREAD_OFFSET = 8;

	private static final int PROCESS_ID_OFFSET = 16;

	private static final int RESUME_FAILED = -1;

	private static final Object JDK_MONITOR = jdkMonitor();

	private static final String SYSTEM_ROOT = "SystemRoot";

	private final ProcessBuilder command;

	private final Map<String, AnonymousPipe> pipes;

	private final InheritedHandles handles = new InheritedHandles();

	private long input = Kernel32.NULL;

	private long output = Kernel32.NULL;

	private @Nullable WindowsAnonymousPipe errors;

	ProcessLauncher(ProcessBuilder command, Map<String, AnonymousPipe> pipes) {
		this.command = command;
		this.pipes = pipes;
	}

	Process start() throws TransportException {
		List<String> arguments = new ArrayList<>(this.command.command());
		this.pipes.forEach((name, pipe) -> arguments
			.replaceAll((argument) -> argument.replace(placeholder(name), pipe.clientHandle())));
		String commandLine = CommandLine.of(arguments);
		verifyDirectory();
		boolean started = false;
		try {
			ChildProcess process = createAlone(commandLine, arguments.get(0));
			started = true;
			this.pipes.values().forEach(AnonymousPipe::disposeClient);
			return process;
		}
		finally {
			this.handles.close();
			if (!started && this.errors != null) {
				this.errors.close();
			}
		}
	}

	private void verifyDirectory() throws TransportException {
		File directory = this.command.directory();
		if (directory != null && !directory.isDirectory()) {
			throw new TransportException(Reason.UNUSABLE_FOLDER,
					"There is no folder " + directory + " for the process to run in");
		}
	}

	/**
	 * ProcessBuilder hands all handles on that can be inherited. It creates one process
	 * at a time, under the monitor of a class of the JDK: with it taken none is created
	 * while the ends of our pipes are such handles.
	 */
	private ChildProcess createAlone(String commandLine, String program) throws TransportException {
		synchronized (JDK_MONITOR) {
			try {
				return create(commandLine, program);
			}
			finally {
				this.pipes.values().forEach((pipe) -> ((WindowsAnonymousPipe) pipe).keep());
			}
		}
	}

	private static Object jdkMonitor() {
		try {
			return Class.forName("java.lang.ProcessImpl");
		}
		catch (ClassNotFoundException ex) {
			return ProcessLauncher.class;
		}
	}

	private ChildProcess create(String commandLine, String program) throws TransportException {
		long error = error();
		for (Map.Entry<String, AnonymousPipe> entry : this.pipes.entrySet()) {
			pass(entry.getKey(), (WindowsAnonymousPipe) entry.getValue());
		}
		long input = (this.input != Kernel32.NULL) ? this.input : this.handles.openNothing(Kernel32.GENERIC_READ);
		long output = (this.output != Kernel32.NULL) ? this.output : error;
		Memory information = new Memory(PROCESS_INFORMATION_SIZE);
		information.clear();
		try (StartupInformation startup = new StartupInformation(this.handles.all(), input, output, error)) {
			File directory = this.command.directory();
			boolean created = Kernel32.CreateProcessW(Kernel32.NULL, WideString.encode(commandLine), Kernel32.NULL,
					Kernel32.NULL, true,
					Kernel32.EXTENDED_STARTUPINFO_PRESENT | Kernel32.CREATE_UNICODE_ENVIRONMENT
							| Kernel32.CREATE_NO_WINDOW | Kernel32.CREATE_SUSPENDED,
					environment(this.command.environment()),
					(directory != null) ? WideString.encode(directory.getPath()) : null, startup.address(),
					Pointer.nativeValue(information));
			if (!created) {
				throw failure(program, Win32Error.last());
			}
		}
		return taken(information.getLong(0), information.getLong(THREAD_OFFSET),
				Integer.toUnsignedLong(information.getInt(PROCESS_ID_OFFSET)));
	}

	private ChildProcess taken(long handle, long thread, long id) throws TransportException {
		ChildProcess process = null;
		try {
			ChildProcessJob.add(handle);
			InputStream printed = InputStream.nullInputStream();
			if (this.errors != null) {
				printed = new ChannelInputStream(this.errors.channel());
				this.errors.disposeClient();
			}
			// only now does it run
			Win32Error.check(Kernel32.ResumeThread(thread) != RESUME_FAILED, "start process " + id);
			process = new ChildProcess(handle, id, printed);
			return process;
		}
		finally {
			Kernel32.CloseHandle(thread);
			// where there is no thread for it, say, nobody would end it
			if (process == null) {
				Kernel32.TerminateProcess(handle, ChildProcess.EXIT_CODE_OF_TERMINATED);
				Kernel32.CloseHandle(handle);
			}
		}
	}

	private void pass(String name, WindowsAnonymousPipe pipe) throws TransportException {
		long handle = pipe.expose();
		this.handles.add(handle);
		String placeholder = placeholder(name);
		if (this.command.command().stream().anyMatch((argument) -> argument.contains(placeholder))) {
			return;
		}
		if (((pipe.clientReads()) ? this.input : this.output) != Kernel32.NULL) {
			throw new TransportException(Reason.UNSUPPORTED,
					"Two pipes cannot both be a standard stream of the process: name them in its arguments, such as "
							+ placeholder);
		}
		if (pipe.clientReads()) {
			this.input = handle;
		}
		else {
			this.output = handle;
		}
	}

	private static String placeholder(String name) {
		return "{" + name + "}";
	}

	private long error() throws TransportException {
		Redirect redirect = this.command.redirectError();
		if (redirect == Redirect.PIPE) {
			WindowsAnonymousPipe pipe = WindowsAnonymousPipe.create(true, OptionalInt.empty());
			this.errors = pipe;
			long handle = pipe.expose();
			this.handles.add(handle);
			return handle;
		}
		if (redirect == Redirect.INHERIT) {
			return this.handles.duplicateStandardError();
		}
		throw new TransportException(Reason.UNSUPPORTED,
				"What the process prints can be read or go to our standard error, not to " + redirect);
	}

	/**
	 * The block of variables, each ended by NUL, sorted without regard to case.
	 */
	static byte[] environment(Map<String, String> variables) {
		Map<String, String> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		sorted.putAll(variables);
		// without it many libraries of the system do not load
		String systemRoot = System.getenv(SYSTEM_ROOT);
		if (systemRoot != null) {
			sorted.putIfAbsent(SYSTEM_ROOT, systemRoot);
		}
		StringBuilder block = new StringBuilder();
		sorted.forEach((name, value) -> block.append(name).append('=').append(value).append('\0'));
		return WideString.encode(block.isEmpty() ? "\0" : block.toString());
	}

	private TransportException failure(String program, int error) {
		return switch (error) {
			case Win32Error.ERROR_FILE_NOT_FOUND, Win32Error.ERROR_PATH_NOT_FOUND -> new TransportException(
					Reason.NO_SERVER,
					"There is no program '" + program
							+ "' in the folder of Java, in that of the system or on the path: install it, or give its"
							+ " full path");
			case Win32Error.ERROR_ACCESS_DENIED, Win32Error.ERROR_ELEVATION_REQUIRED ->
				Win32Error.failure(Reason.ACCESS_DENIED, "execute '" + program + "'", error);
			case Win32Error.ERROR_BAD_EXE_FORMAT -> new TransportException(Reason.ACCESS_DENIED,
					"'" + program + "' is not executable: name its interpreter first");
			case Win32Error.ERROR_DIRECTORY -> new TransportException(Reason.UNUSABLE_FOLDER,
					"The process cannot run in the folder " + this.command.directory());
			default -> Win32Error.failure("start '" + program + "'", error);
		};
	}

}
