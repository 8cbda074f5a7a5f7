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

import com.sun.jna.Native;
import org.jspecify.annotations.Nullable;

/**
 * The functions of {@code kernel32} that a pipe takes, mapped directly. Handles and
 * addresses are plain {@code long}s, which cost no object per call and take a 64-bit JVM;
 * a string is what {@link WideString#encode} makes of it.
 * <p>
 * What a function returns says only whether it has failed; {@link Win32Error} turns that
 * into an exception.
 */
final class Kernel32 {

	static final long INVALID_HANDLE_VALUE = -1;

	/** The pseudo handle of this process. */
	static final long CURRENT_PROCESS = -1;

	/** The pseudo handle of the calling thread. */
	static final long CURRENT_THREAD = -2;

	static final long NULL = 0;

	static final int PIPE_ACCESS_INBOUND = 1;

	static final int PIPE_ACCESS_OUTBOUND = 2;

	static final int FILE_FLAG_FIRST_PIPE_INSTANCE = 0x00080000;

	static final int FILE_FLAG_OVERLAPPED = 0x40000000;

	static final int PIPE_READMODE_MESSAGE = 2;

	static final int PIPE_TYPE_MESSAGE = 4;

	static final int PIPE_REJECT_REMOTE_CLIENTS = 8;

	static final int PIPE_UNLIMITED_INSTANCES = 255;

	static final int GENERIC_READ = 0x80000000;

	static final int GENERIC_WRITE = 0x40000000;

	static final int FILE_READ_DATA = 0x1;

	static final int FILE_WRITE_DATA = 0x2;

	static final int FILE_WRITE_ATTRIBUTES = 0x100;

	static final int READ_CONTROL = 0x20000;

	static final int OPEN_EXISTING = 3;

	static final int SECURITY_SQOS_PRESENT = 0x00100000;

	static final int SECURITY_CONTEXT_TRACKING = 0x00040000;

	static final int FILE_SHARE_READ_WRITE = 3;

	static final int FILE_TYPE_UNKNOWN = 0;

	static final int FILE_TYPE_PIPE = 3;

	static final int HANDLE_FLAG_INHERIT = 1;

	static final int DUPLICATE_SAME_ACCESS = 2;

	static final int STD_ERROR_HANDLE = -12;

	static final int CREATE_SUSPENDED = 4;

	static final int CREATE_UNICODE_ENVIRONMENT = 0x400;

	static final int EXTENDED_STARTUPINFO_PRESENT = 0x80000;

	static final int CREATE_NO_WINDOW = 0x08000000;

	static final int STARTF_USESTDHANDLES = 0x100;

	static final long PROC_THREAD_ATTRIBUTE_HANDLE_LIST = 0x20002;

	static final int INFINITE = -1;

	static final int WAIT_FAILED = -1;

	static final int MAXIMUM_WAIT_OBJECTS = 64;

	static {
		Native.register(Kernel32.class, "kernel32");
	}

	private Kernel32() {
	}

	/** See CreateNamedPipeW (namedpipeapi.h). */
	static native long CreateNamedPipeW(byte[] name, int openMode, int pipeMode, int maxInstances, int outBufferSize,
			int inBufferSize, int defaultTimeOut, long securityAttributes);

	/** See ConnectNamedPipe (namedpipeapi.h). */
	static native boolean ConnectNamedPipe(long pipe, long overlapped);

	/** See DisconnectNamedPipe (namedpipeapi.h). */
	static native boolean DisconnectNamedPipe(long pipe);

	/** See WaitNamedPipeW (namedpipeapi.h). */
	static native boolean WaitNamedPipeW(byte[] name, int timeOut);

	/** See SetNamedPipeHandleState (namedpipeapi.h). */
	static native boolean SetNamedPipeHandleState(long pipe, int[] mode, long maxCollectionCount,
			long collectDataTimeout);

	/** See GetNamedPipeInfo (namedpipeapi.h). */
	static native boolean GetNamedPipeInfo(long pipe, int[] flags, long outBufferSize, long inBufferSize,
			long maxInstances);

	/** See PeekNamedPipe (namedpipeapi.h). */
	static native boolean PeekNamedPipe(long pipe, long buffer, int bufferSize, long bytesRead, int[] totalBytesAvail,
			int[] bytesLeftThisMessage);

	/** See GetNamedPipeClientProcessId (winbase.h). */
	static native boolean GetNamedPipeClientProcessId(long pipe, int[] clientProcessId);

	/** See GetNamedPipeServerProcessId (winbase.h). */
	static native boolean GetNamedPipeServerProcessId(long pipe, int[] serverProcessId);

	/** See CreateFileW (fileapi.h). */
	static native long CreateFileW(byte[] name, int desiredAccess, int shareMode, long securityAttributes,
			int creationDisposition, int flagsAndAttributes, long templateFile);

	/** See ReadFile (fileapi.h). */
	static native boolean ReadFile(long file, long buffer, int numberOfBytesToRead, long numberOfBytesRead,
			long overlapped);

	/** See WriteFile (fileapi.h). */
	static native boolean WriteFile(long file, long buffer, int numberOfBytesToWrite, long numberOfBytesWritten,
			long overlapped);

	/** See FlushFileBuffers (fileapi.h). */
	static native boolean FlushFileBuffers(long file);

	/** See GetOverlappedResultEx (ioapiset.h). */
	static native boolean GetOverlappedResultEx(long file, long overlapped, long numberOfBytesTransferred,
			int milliseconds, boolean alertable);

	/** See CancelIoEx (ioapiset.h). */
	static native boolean CancelIoEx(long file, long overlapped);

	/** See CancelSynchronousIo (ioapiset.h). */
	static native boolean CancelSynchronousIo(long thread);

	/** See CreateEventW (synchapi.h). */
	static native long CreateEventW(long eventAttributes, boolean manualReset, boolean initialState, long name);

	/** See SetEvent (synchapi.h). */
	static native boolean SetEvent(long event);

	/** See WaitForMultipleObjects (synchapi.h). */
	static native int WaitForMultipleObjects(int count, long[] handles, boolean waitAll, int milliseconds);

	/** See CreatePipe (namedpipeapi.h). */
	static native boolean CreatePipe(long[] readPipe, long[] writePipe, long securityAttributes, int size);

	/** See GetFileType (fileapi.h). */
	static native int GetFileType(long file);

	/** See GetStdHandle (processenv.h). */
	static native long GetStdHandle(int stdHandle);

	/** See SetHandleInformation (handleapi.h). */
	static native boolean SetHandleInformation(long object, int mask, int flags);

	/** See DuplicateHandle (handleapi.h). */
	static native boolean DuplicateHandle(long sourceProcess, long sourceHandle, long targetProcess,
			long[] targetHandle, int desiredAccess, boolean inheritHandle, int options);

	/** See InitializeProcThreadAttributeList (processthreadsapi.h). */
	static native boolean InitializeProcThreadAttributeList(long attributeList, int attributeCount, int flags,
			long[] size);

	/** See UpdateProcThreadAttribute (processthreadsapi.h). */
	static native boolean UpdateProcThreadAttribute(long attributeList, int flags, long attribute, long value,
			long size, long previousValue, long returnSize);

	/** See DeleteProcThreadAttributeList (processthreadsapi.h). */
	static native void DeleteProcThreadAttributeList(long attributeList);

	/** See CreateProcessW (processthreadsapi.h). */
	static native boolean CreateProcessW(long applicationName, byte[] commandLine, long processAttributes,
			long threadAttributes, boolean inheritHandles, int creationFlags, byte[] environment,
			byte @Nullable [] currentDirectory, long startupInfo, long processInformation);

	/** See ResumeThread (processthreadsapi.h). */
	static native int ResumeThread(long thread);

	/** See CreateJobObjectW (jobapi2.h). */
	static native long CreateJobObjectW(long jobAttributes, long name);

	/** See SetInformationJobObject (jobapi2.h). */
	static native boolean SetInformationJobObject(long job, int informationClass, long information, int length);

	/** See AssignProcessToJobObject (jobapi2.h). */
	static native boolean AssignProcessToJobObject(long job, long process);

	/** See TerminateProcess (processthreadsapi.h). */
	static native boolean TerminateProcess(long process, int exitCode);

	/** See GetExitCodeProcess (processthreadsapi.h). */
	static native boolean GetExitCodeProcess(long process, int[] exitCode);

	/** See WaitForSingleObject (synchapi.h). */
	static native int WaitForSingleObject(long handle, int milliseconds);

	/** See CloseHandle (handleapi.h). */
	static native boolean CloseHandle(long object);

	/** See LocalFree (winbase.h). */
	static native long LocalFree(long memory);

}
