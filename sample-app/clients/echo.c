/* Sends a message to the sample's echo and prints what comes back: cc -o echo echo.c && ./echo hello
 * A message is its length in four bytes, big-endian, and then its bytes. POSIX only. */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int connect_to(const char *name) {
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *folder = getenv("TMPDIR");
	int length = snprintf(address.sun_path, sizeof(address.sun_path), "%s/CoreFxPipe_%s",
			(folder && *folder) ? folder : "/tmp", name);
	if (length >= (int) sizeof(address.sun_path)) {
		return -1;
	}
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	return (connect(fd, (struct sockaddr *) &address, sizeof(address)) == 0) ? fd : -1;
}

static int send_all(int fd, const void *data, size_t size) {
	for (size_t done = 0; done < size;) {
		ssize_t n = send(fd, (const char *) data + done, size - done, MSG_NOSIGNAL);
		if (n < 0) {
			return -1;
		}
		done += n;
	}
	return 0;
}

int main(int argc, char **argv) {
	const char *message = (argc > 1) ? argv[1] : "hello";
	uint32_t header = htonl(strlen(message));
	int fd = connect_to("echo");
	if (fd < 0) {
		perror("cannot connect");
		return 1;
	}
	if (send_all(fd, &header, 4) < 0 || send_all(fd, message, strlen(message)) < 0
			|| recv(fd, &header, 4, MSG_WAITALL) != 4) {
		fprintf(stderr, "the sample closed the connection\n");
		return 1;
	}
	size_t size = ntohl(header);
	char *answer = malloc(size + 1);
	/* to receive nothing would wait for the next message */
	if (!answer || (size > 0 && recv(fd, answer, size, MSG_WAITALL) != (ssize_t) size)) {
		fprintf(stderr, "the answer is cut short\n");
		return 1;
	}
	printf("%.*s\n", (int) size, answer);
	free(answer);
	return close(fd);
}
