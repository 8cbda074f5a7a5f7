/*
 * A peer that keeps account of numbered messages with a checksum, in plain Win32: the same as killed_peer.py.
 *
 *   killed-peer.exe byte|message serve|connect|inherit receive|send PIPE FILE
 *
 * It serves PIPE, connects to it, or has inherited the handle PIPE.
 *
 * Receiving, it appends each number to FILE (8 bytes). Sending, it goes on with the number in FILE, and writes the
 * number after the last one it began to send to FILE. Once there is a FILE.disturbed, a sender writes half a frame and
 * kills itself, and a receiver becomes slow. A message is the number (8 bytes), filling, and the CRC32 of both (4 bytes).
 */
#define _WIN32_WINNT 0x0601
#include <windows.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define LARGEST 2000

static int messages, sends;
static const wchar_t *name;
static HANDLE account;
static wchar_t disturbed[MAX_PATH];
static unsigned char frame[LARGEST];

static void put(unsigned char *target, int bytes, uint64_t number)
{
	for (int i = bytes - 1; i >= 0; i--) {
		target[i] = (unsigned char)number;
		number >>= 8;
	}
}

static uint64_t get(const unsigned char *source, int bytes)
{
	uint64_t number = 0;
	for (int i = 0; i < bytes; i++) {
		number = number << 8 | source[i];
	}
	return number;
}

static uint32_t checksum(const unsigned char *data, DWORD size)
{
	uint32_t sum = ~0u;
	for (DWORD i = 0; i < size; i++) {
		sum ^= data[i];
		for (int bit = 0; bit < 8; bit++) {
			sum = sum >> 1 ^ (sum & 1 ? 0xedb88320u : 0);
		}
	}
	return ~sum;
}

static int is_disturbed(void)
{
	return GetFileAttributesW(disturbed) != INVALID_FILE_ATTRIBUTES;
}

static int exactly(HANDLE pipe, unsigned char *target, DWORD size)
{
	DWORD count;
	for (DWORD done = 0; done < size; done += count) {
		if (!ReadFile(pipe, target + done, size - done, &count, NULL)) {
			return 0;
		}
	}
	return 1;
}

static DWORD receive(HANDLE pipe)
{
	DWORD size = 0;
	if (messages) {
		return ReadFile(pipe, frame, LARGEST, &size, NULL) ? size : 0;
	}
	if (!exactly(pipe, frame, 4)) {
		return 0;
	}
	size = (DWORD)get(frame, 4);
	return size <= LARGEST && exactly(pipe, frame, size) ? size : 0;
}

static void receive_all(HANDLE pipe)
{
	DWORD size, written;
	while ((size = receive(pipe))) {
		if (size < 12 || get(frame + size - 4, 4) != checksum(frame, size - 4)) {
			puts("broken");
			fflush(stdout);
			TerminateProcess(GetCurrentProcess(), 9);
		}
		WriteFile(account, frame, 8, &written, NULL);
		if (is_disturbed()) {
			Sleep(2);
		}
	}
}

static void send_all(HANDLE pipe)
{
	unsigned char last[8] = { 0 };
	DWORD count;
	ReadFile(account, last, 8, &count, NULL);
	for (uint64_t number = get(last, 8);; number++) {
		DWORD size = 8 + (DWORD)(number * 37 % 900) + 4;
		unsigned char *content = frame + (messages ? 0 : 4);
		put(last, 8, number + 1);
		SetFilePointer(account, 0, NULL, FILE_BEGIN);
		WriteFile(account, last, 8, &count, NULL);
		put(frame, 4, size);
		put(content, 8, number);
		memset(content + 8, 'x', size - 12);
		put(content + size - 4, 4, checksum(content, size - 4));
		size += (DWORD)(content - frame);
		if (is_disturbed()) {
			if (!messages) {
				WriteFile(pipe, frame, size / 2, &count, NULL);
			}
			TerminateProcess(GetCurrentProcess(), 1);
		}
		if (!WriteFile(pipe, frame, size, &count, NULL) || count != size) {
			return;
		}
	}
}

static void converse(HANDLE pipe)
{
	if (sends) {
		send_all(pipe);
	}
	else {
		receive_all(pipe);
	}
	CloseHandle(pipe);
}

static void ready(void)
{
	puts("ready");
	fflush(stdout);
}

static int failed(const char *what)
{
	printf("%s failed: %lu\n", what, GetLastError());
	return 1;
}

static int serve(void)
{
	DWORD mode = messages ? PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE : PIPE_TYPE_BYTE;
	for (int i = 0;; i++) {
		HANDLE pipe = CreateNamedPipeW(name, PIPE_ACCESS_DUPLEX, mode, PIPE_UNLIMITED_INSTANCES, 65536, 65536, 0, NULL);
		if (pipe == INVALID_HANDLE_VALUE) {
			return failed("CreateNamedPipe");
		}
		if (i == 0) {
			ready();
		}
		if (ConnectNamedPipe(pipe, NULL) || GetLastError() == ERROR_PIPE_CONNECTED) {
			converse(pipe);
		}
	}
}

static int connect_to(void)
{
	DWORD mode = messages ? PIPE_READMODE_MESSAGE : PIPE_READMODE_BYTE;
	HANDLE pipe;
	while ((pipe = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
					SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, NULL)) == INVALID_HANDLE_VALUE) {
		if (GetLastError() != ERROR_PIPE_BUSY || !WaitNamedPipeW(name, 20000)) {
			return failed("CreateFile");
		}
	}
	if (!SetNamedPipeHandleState(pipe, &mode, NULL, NULL)) {
		return failed("SetNamedPipeHandleState");
	}
	ready();
	converse(pipe);
	Sleep(INFINITE);
	return 0;
}

int wmain(int argc, wchar_t **argv)
{
	if (argc != 6) {
		return 2;
	}
	messages = !wcscmp(argv[1], L"message");
	sends = !wcscmp(argv[3], L"send");
	name = argv[4];
	swprintf(disturbed, MAX_PATH, L"%ls.disturbed", argv[5]);
	account = CreateFileW(argv[5], sends ? GENERIC_READ | GENERIC_WRITE : FILE_APPEND_DATA,
			FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
	if (account == INVALID_HANDLE_VALUE) {
		return failed("CreateFile of the account");
	}
	if (!wcscmp(argv[2], L"serve")) {
		return serve();
	}
	if (!wcscmp(argv[2], L"connect")) {
		return connect_to();
	}
	converse((HANDLE)(ULONG_PTR)_wcstoui64(name, NULL, 10));
	return 0;
}
