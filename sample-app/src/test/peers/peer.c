/* A peer in C for POSIX systems: what it does for the tests of real peers is in README.md. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char *name;
static int count, size;

static struct sockaddr_un address(void) {
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *folder = getenv("TMPDIR");
	snprintf(address.sun_path, sizeof address.sun_path, "%s/CoreFxPipe_%s", folder ? folder : "/tmp", name);
	return address;
}

static void fail(const char *what) {
	printf("error: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int dial(int type) {
	struct sockaddr_un to = address();
	int pipe = socket(AF_UNIX, type, 0);
	if (pipe < 0 || connect(pipe, (struct sockaddr *) &to, sizeof to) != 0)
		fail("connect");
	return pipe;
}

static int read_fully(int pipe, void *to, size_t length) {
	for (size_t done = 0; done < length;) {
		ssize_t n = read(pipe, (char *) to + done, length - done);
		if (n <= 0)
			return 0;
		done += (size_t) n;
	}
	return 1;
}

static int write_fully(int pipe, const void *from, size_t length) {
	for (size_t done = 0; done < length;) {
		ssize_t n = send(pipe, (const char *) from + done, length - done, MSG_NOSIGNAL);
		if (n <= 0)
			return 0;
		done += (size_t) n;
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

static void *exchange(void *seed) {
	int pipe = dial(SOCK_STREAM);
	uint8_t *sent = malloc(4 + (size_t) size), *received = malloc(4 + (size_t) size);
	for (int i = 0; i < count; i++) {
		put_length(sent, (uint32_t) size);
		pattern(sent + 4, size, (int) (intptr_t) seed + i);
		if (!write_fully(pipe, sent, 4 + (size_t) size) || !read_fully(pipe, received, 4 + (size_t) size))
			fail("exchange");
		if (memcmp(sent, received, 4 + (size_t) size) != 0) {
			printf("error: message %d came back as another\n", i);
			exit(1);
		}
	}
	free(sent);
	free(received);
	close(pipe);
	return NULL;
}

static void exchange_all(int connections) {
	pthread_t *threads = calloc((size_t) connections, sizeof *threads);
	for (int n = 0; n < connections; n++)
		if (pthread_create(&threads[n], NULL, exchange, (void *) (intptr_t) (n * 31)) != 0)
			fail("thread");
	for (int n = 0; n < connections; n++)
		pthread_join(threads[n], NULL);
	free(threads);
	printf("ok %d\n", count * connections);
}

static void *echo(void *argument) {
	int pipe = (int) (intptr_t) argument;
	uint8_t header[4];
	while (read_fully(pipe, header, 4)) {
		uint32_t length = get_length(header);
		uint8_t *frame = malloc(4 + (size_t) length);
		memcpy(frame, header, 4);
		int going_on = read_fully(pipe, frame + 4, length) && write_fully(pipe, frame, 4 + (size_t) length);
		free(frame);
		if (!going_on)
			break;
	}
	close(pipe);
	return NULL;
}

static void serve(void) {
	struct sockaddr_un at = address();
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	unlink(at.sun_path);
	if (bind(listener, (struct sockaddr *) &at, sizeof at) != 0 || listen(listener, 128) != 0)
		fail("listen");
	puts("serving");
	for (;;) {
		pthread_t thread;
		int pipe = accept(listener, NULL, NULL);
		if (pipe < 0 || pthread_create(&thread, NULL, echo, (void *) (intptr_t) pipe) != 0)
			fail("accept");
		pthread_detach(thread);
	}
}

static void messages(void) {
	const int sizes[] = { 4, 2, 4, 5000 };
	uint8_t sent[5000], received[10000];
	int pipe = dial(SOCK_SEQPACKET);
	for (int i = 0; i < 4; i++) {
		pattern(sent, sizes[i], sizes[i]);
		if (send(pipe, sent, (size_t) sizes[i], MSG_NOSIGNAL) != sizes[i])
			fail("send");
		if (recv(pipe, received, sizeof received, 0) != sizes[i] || memcmp(sent, received, (size_t) sizes[i]) != 0)
			fail("recv");
	}
	puts("ok 4");
}

int main(int argc, char **argv) {
	setvbuf(stdout, NULL, _IOLBF, 0);
	const char *role = argc > 3 ? argv[1] : "", *scenario = argc > 3 ? argv[3] : "";
	name = argc > 3 ? argv[2] : "";
	if (!strcmp(role, "server"))
		serve();
	else if (!strcmp(scenario, "exchange") && argc == 7) {
		count = atoi(argv[4]);
		size = atoi(argv[5]);
		exchange_all(atoi(argv[6]));
	}
	else if (!strcmp(scenario, "message"))
		messages();
	else if (!strcmp(scenario, "cut")) {
		const uint8_t part[] = { 0, 0, 0, 100, 1, 2, 3 };
		if (!write_fully(dial(SOCK_STREAM), part, sizeof part))
			fail("write");
		puts("cut");
	}
	else if (!strcmp(scenario, "hold")) {
		uint8_t frame[9];
		int pipe = dial(SOCK_STREAM);
		put_length(frame, 5);
		pattern(frame + 4, 5, 0);
		if (!write_fully(pipe, frame, 9) || !read_fully(pipe, frame, 9))
			fail("exchange");
		puts("connected");
		puts(read_fully(pipe, frame, 1) ? "something came" : "ended");
	}
	else {
		puts("error: unknown scenario");
		return 1;
	}
	return 0;
}
