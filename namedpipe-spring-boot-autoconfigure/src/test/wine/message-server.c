/*
 * A server of messages in plain Win32, which shares nothing with the library: echoes each
 * message of one client, then says "bye" and closes.
 *
 *   message-server.exe PIPE
 */
#define _WIN32_WINNT 0x0601
#include <windows.h>
#include <sddl.h>
#include <stdio.h>
#include <stdlib.h>

#define BUFFER_SIZE (2 * 1024 * 1024)

static int failed(const char *what)
{
	printf("%s failed: %lu\n", what, GetLastError());
	return 1;
}

int wmain(int argc, wchar_t **argv)
{
	if (argc != 2) {
		return 2;
	}
	char *buffer = malloc(BUFFER_SIZE);
	SECURITY_ATTRIBUTES security = { sizeof security, NULL, FALSE };
	if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(L"D:(A;;GA;;;WD)", SDDL_REVISION_1,
			&security.lpSecurityDescriptor, NULL)) {
		return failed("ConvertStringSecurityDescriptorToSecurityDescriptor");
	}
	HANDLE pipe = CreateNamedPipeW(argv[1], PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_WAIT,
			1, 65536, 65536, 0, &security);
	if (pipe == INVALID_HANDLE_VALUE) {
		return failed("CreateNamedPipe");
	}
	puts("ready");
	fflush(stdout);
	if (!ConnectNamedPipe(pipe, NULL) && GetLastError() != ERROR_PIPE_CONNECTED) {
		return failed("ConnectNamedPipe");
	}
	for (;;) {
		DWORD size;
		if (!ReadFile(pipe, buffer, BUFFER_SIZE, &size, NULL)) {
			return failed("ReadFile");
		}
		DWORD written;
		if (size == 3 && memcmp(buffer, "bye", 3) == 0) {
			break;
		}
		if (!WriteFile(pipe, buffer, size, &written, NULL) || written != size) {
			return failed("WriteFile");
		}
	}
	DWORD written;
	if (!WriteFile(pipe, "bye", 3, &written, NULL)) {
		return failed("WriteFile");
	}
	CloseHandle(pipe);
	puts("done");
	return 0;
}
