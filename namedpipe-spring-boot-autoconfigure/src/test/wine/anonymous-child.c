/*
 * A child process with anonymous pipes in plain Win32, which shares nothing with the library.
 * Handles are decimal numbers.
 *
 *   anonymous-child.exe shout IN OUT       sends back in upper case what comes, says "done" on stderr
 *   anonymous-child.exe shout -            the same with the standard streams
 *   anonymous-child.exe arguments OUT ...  writes the arguments behind it, each ended by a NUL, in UTF-16
 *   anonymous-child.exe variable OUT NAME  writes the variable and the current directory in the same way
 *   anonymous-child.exe foreign OUT HANDLE writes whether the handle is one of this process
 *   anonymous-child.exe wait OUT           writes a byte and stays, whatever comes
 *   anonymous-child.exe exit IN CODE       ends with that code once its input has
 */
#define _WIN32_WINNT 0x0601
#include <windows.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static char buffer[65536];

static HANDLE handle(const wchar_t *number)
{
	return (HANDLE)(ULONG_PTR)_wcstoui64(number, NULL, 10);
}

static int write_all(HANDLE to, const void *data, DWORD size)
{
	DWORD count;
	return WriteFile(to, data, size, &count, NULL) && count == size;
}

static int write_string(HANDLE to, const wchar_t *text)
{
	return write_all(to, text, 2 * (DWORD)wcslen(text) + 2);
}

static int shout(HANDLE in, HANDLE out)
{
	DWORD count;
	while (ReadFile(in, buffer, sizeof buffer, &count, NULL)) {
		for (DWORD i = 0; i < count; i++) {
			buffer[i] = toupper(buffer[i]);
		}
		if (!write_all(out, buffer, count)) {
			return 2;
		}
	}
	fprintf(stderr, "done\n");
	return GetLastError() == ERROR_BROKEN_PIPE ? 0 : 3;
}

int wmain(int argc, wchar_t **argv)
{
	DWORD count;
	wchar_t text[4096] = L"";
	if (argc < 3) {
		return 9;
	}
	HANDLE first = handle(argv[2]);
	if (!wcscmp(argv[1], L"shout")) {
		return argc > 3 ? shout(first, handle(argv[3]))
				: shout(GetStdHandle(STD_INPUT_HANDLE), GetStdHandle(STD_OUTPUT_HANDLE));
	}
	if (!wcscmp(argv[1], L"arguments")) {
		for (int i = 3; i < argc; i++) {
			if (!write_string(first, argv[i])) {
				return 2;
			}
		}
		return 0;
	}
	if (!wcscmp(argv[1], L"variable")) {
		GetEnvironmentVariableW(argv[3], text, 4096);
		write_string(first, text);
		GetCurrentDirectoryW(4096, text);
		return !write_string(first, text);
	}
	if (!wcscmp(argv[1], L"foreign")) {
		return !write_string(first, GetFileType(handle(argv[3])) == FILE_TYPE_UNKNOWN ? L"no" : L"yes");
	}
	if (!wcscmp(argv[1], L"wait")) {
		write_all(first, "x", 1);
		Sleep(INFINITE);
	}
	if (!wcscmp(argv[1], L"exit")) {
		while (ReadFile(first, buffer, sizeof buffer, &count, NULL)) {
		}
		return _wtoi(argv[3]);
	}
	return 9;
}
