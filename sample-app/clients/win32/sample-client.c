/*
 * The client half of the named pipe sample of Microsoft's All-In-One Code Framework, in
 * plain Win32: connects to \\.\pipe\SamplePipe, reads messages, sends "Default request from
 * client" and prints the response.
 *
 *   x86_64-w64-mingw32-gcc -municode -o sample-client.exe sample-client.c
 *   sample-client.exe [PIPE [REQUEST]]
 */
#define _WIN32_WINNT 0x0601
#include <windows.h>
#include <stdio.h>
#include <wchar.h>

#define BUFFER_SIZE 1024

static int failed(const char *what)
{
	wprintf(L"%hs failed: %lu\n", what, GetLastError());
	return 1;
}

int wmain(int argc, wchar_t **argv)
{
	const wchar_t *name = (argc > 1) ? argv[1] : L"\\\\.\\pipe\\SamplePipe";
	const wchar_t *request = (argc > 2) ? argv[2] : L"Default request from client";
	HANDLE pipe;
	for (;;) {
		pipe = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
		if (pipe != INVALID_HANDLE_VALUE) {
			break;
		}
		if (GetLastError() != ERROR_PIPE_BUSY) {
			return failed("CreateFile");
		}
		if (!WaitNamedPipeW(name, 5000)) {
			return failed("WaitNamedPipe");
		}
	}
	DWORD mode = PIPE_READMODE_MESSAGE;
	if (!SetNamedPipeHandleState(pipe, &mode, NULL, NULL)) {
		return failed("SetNamedPipeHandleState");
	}
	DWORD size = (DWORD)((wcslen(request) + 1) * sizeof *request);
	DWORD written;
	if (!WriteFile(pipe, request, size, &written, NULL)) {
		return failed("WriteFile");
	}
	wprintf(L"Send %lu bytes to server: \"%ls\"\n", written, request);
	BOOL finished;
	do {
		wchar_t response[BUFFER_SIZE + 1] = { 0 };
		DWORD read;
		finished = ReadFile(pipe, response, BUFFER_SIZE * sizeof *response, &read, NULL);
		if (!finished && GetLastError() != ERROR_MORE_DATA) {
			return failed("ReadFile");
		}
		wprintf(L"Receive %lu bytes from server: \"%ls\"\n", read, response);
	} while (!finished);
	CloseHandle(pipe);
	return 0;
}
