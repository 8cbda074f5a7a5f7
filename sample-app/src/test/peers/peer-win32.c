/* A peer in C for Windows: what it does for the tests of real peers is in README.md. With "synchronous" as the last argument its handles are
 * not overlapped, as those of most old programs. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static char path[300];
static int count, size, synchronous;

static void fail(const char *what) {
	printf("error: %s: %lu\n", what, GetLastError());
	exit(1);
}

static DWORD flags(void) {
	return synchronous ? 0 : FILE_FLAG_OVERLAPPED;
}

static HANDLE dial(void) {
	for (;;) {
		HANDLE pipe = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, flags(), NULL);
		if (pipe != INVALID_HANDLE_VALUE)
			return pipe;
		if (GetLastError() != ERROR_PIPE_BUSY || !WaitNamedPipeA(path, 20000))
			fail("CreateFile");
	}
}

/* Both ways of waiting for a read or write; 0 at the end or on failure. */
static int transfer(HANDLE pipe, void *bytes, DWORD length, int writing) {
	DWORD done = 0;
	OVERLAPPED overlapped = { .hEvent = synchronous ? NULL : CreateEventA(NULL, TRUE, FALSE, NULL) };
	OVERLAPPED *how = synchronous ? NULL : &overlapped;
	BOOL ok = writing ? WriteFile(pipe, bytes, length, &done, how) : ReadFile(pipe, bytes, length, &done, how);
	if (!ok && !synchronous && GetLastError() == ERROR_IO_PENDING)
		ok = GetOverlappedResult(pipe, &overlapped, &done, TRUE);
	if (!ok && GetLastError() == ERROR_MORE_DATA)
		ok = TRUE;
	if (!synchronous)
		CloseHandle(overlapped.hEvent);
	return ok ? (int) done : 0;
}

static int transfer_fully(HANDLE pipe, void *bytes, DWORD length, int writing) {
	for (DWORD done = 0; done < length;) {
		int part = transfer(pipe, (char *) bytes + done, length - done, writing);
		if (part == 0)
			return 0;
		done += (DWORD) part;
	}
	return 1;
}

static void put_length(uint8_t *to, uint32_t length) {
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t) (length >> (24 - 8 * i));
}

static uint32_t get_length(const uint8_t *from) {
	return (uint32_t) from[0] << 24 | (uint32_t) from[1] << 16 | (uint32_t) from[2] << 8 | from[3];
}

static void pattern(uint8_t *to, int length, int seed) {
	for (int i = 0; i < length; i++)
		to[i] = (uint8_t) (seed + i * 7);
}

static DWORD WINAPI exchange(void *seed) {
	HANDLE pipe = dial();
	uint8_t *sent = malloc(4 + (size_t) size), *received = malloc(4 + (size_t) size);
	for (int i = 0; i < count; i++) {
		put_length(sent, (uint32_t) size);
		pattern(sent + 4, size, (int) (intptr_t) seed + i);
		if (!transfer_fully(pipe, sent, 4 + (DWORD) size, 1) || !transfer_fully(pipe, received, 4 + (DWORD) size, 0))
			fail("exchange");
		if (memcmp(sent, received, 4 + (size_t) size) != 0) {
			printf("error: message %d came back as another\n", i);
			exit(1);
		}
	}
	free(sent);
	free(received);
	CloseHandle(pipe);
	return 0;
}

static void exchange_all(int connections) {
	HANDLE *threads = calloc((size_t) connections, sizeof *threads);
	for (int n = 0; n < connections; n++)
		if (!(threads[n] = CreateThread(NULL, 0, exchange, (void *) (intptr_t) (n * 31), 0, NULL)))
			fail("CreateThread");
	for (int n = 0; n < connections; n++)
		WaitForSingleObject(threads[n], INFINITE);
	free(threads);
	printf("ok %d\n", count * connections);
}

static DWORD WINAPI echo(void *pipe) {
	uint8_t header[4];
	while (transfer_fully(pipe, header, 4, 0)) {
		uint32_t length = get_length(header);
		uint8_t *frame = malloc(4 + (size_t) length);
		memcpy(frame, header, 4);
		int going_on = transfer_fully(pipe, frame + 4, length, 0) && transfer_fully(pipe, frame, 4 + length, 1);
		free(frame);
		if (!going_on)
			break;
	}
	FlushFileBuffers(pipe);
	DisconnectNamedPipe(pipe);
	CloseHandle(pipe);
	return 0;
}

static HANDLE create_instance(void) {
	HANDLE pipe = CreateNamedPipeA(path, PIPE_ACCESS_DUPLEX | flags(), PIPE_TYPE_BYTE | PIPE_READMODE_BYTE, PIPE_UNLIMITED_INSTANCES,
			65536, 65536, 0, NULL);
	if (pipe == INVALID_HANDLE_VALUE)
		fail("CreateNamedPipe");
	return pipe;
}

static void await_client(HANDLE pipe) {
	DWORD ignored;
	OVERLAPPED overlapped = { .hEvent = synchronous ? NULL : CreateEventA(NULL, TRUE, FALSE, NULL) };
	BOOL ok = ConnectNamedPipe(pipe, synchronous ? NULL : &overlapped);
	if (!ok && GetLastError() == ERROR_IO_PENDING)
		ok = GetOverlappedResult(pipe, &overlapped, &ignored, TRUE);
	if (!ok && GetLastError() != ERROR_PIPE_CONNECTED && GetLastError() != ERROR_NO_DATA)
		fail("ConnectNamedPipe");
	if (!synchronous)
		CloseHandle(overlapped.hEvent);
}

static void serve(void) {
	HANDLE pending = create_instance();
	puts("serving");
	for (;;) {
		await_client(pending);
		HANDLE pipe = pending;
		pending = create_instance();
		HANDLE thread = CreateThread(NULL, 0, echo, pipe, 0, NULL);
		if (!thread)
			fail("CreateThread");
		CloseHandle(thread);
	}
}

static void messages(void) {
	const int sizes[] = { 4, 2, 4, 5000 };
	uint8_t sent[5000], received[10000];
	DWORD mode = PIPE_READMODE_MESSAGE;
	HANDLE pipe = dial();
	if (!SetNamedPipeHandleState(pipe, &mode, NULL, NULL))
		fail("SetNamedPipeHandleState");
	for (int i = 0; i < 4; i++) {
		pattern(sent, sizes[i], sizes[i]);
		if (transfer(pipe, sent, (DWORD) sizes[i], 1) != sizes[i])
			fail("WriteFile");
		if (transfer(pipe, received, sizeof received, 0) != sizes[i] || memcmp(sent, received, (size_t) sizes[i]) != 0)
			fail("ReadFile");
	}
	puts("ok 4");
}

int main(int argc, char **argv) {
	setvbuf(stdout, NULL, _IONBF, 0);
	synchronous = !strcmp(argv[argc - 1], "synchronous");
	const char *role = argc > 3 ? argv[1] : "", *scenario = argc > 3 ? argv[3] : "";
	snprintf(path, sizeof path, "\\\\.\\pipe\\%s", argc > 3 ? argv[2] : "");
	if (!strcmp(role, "server"))
		serve();
	else if (!strcmp(scenario, "exchange") && argc >= 7) {
		count = atoi(argv[4]);
		size = atoi(argv[5]);
		exchange_all(atoi(argv[6]));
	}
	else if (!strcmp(scenario, "message"))
		messages();
	else if (!strcmp(scenario, "cut")) {
		uint8_t part[] = { 0, 0, 0, 100, 1, 2, 3 };
		HANDLE pipe = dial();
		if (!transfer_fully(pipe, part, sizeof part, 1))
			fail("WriteFile");
		CloseHandle(pipe);
		puts("cut");
	}
	else if (!strcmp(scenario, "hold")) {
		uint8_t frame[9];
		HANDLE pipe = dial();
		put_length(frame, 5);
		pattern(frame + 4, 5, 0);
		if (!transfer_fully(pipe, frame, 9, 1) || !transfer_fully(pipe, frame, 9, 0))
			fail("exchange");
		puts("connected");
		puts(transfer_fully(pipe, frame, 1, 0) ? "something came" : "ended");
	}
	else {
		puts("error: unknown scenario");
		return 1;
	}
	return 0;
}
