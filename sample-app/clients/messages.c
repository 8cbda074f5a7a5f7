/* Sends messages to the sample's echo in message mode and prints what comes back:
 * cc -o messages messages.c && ./messages hello world
 * Linux only. Each send is one message, an empty one too. */
#include <errno.h>
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
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	return (connect(fd, (struct sockaddr *) &address, sizeof(address)) == 0) ? fd : -1;
}

int main(int argc, char **argv) {
	static char answer[64 * 1024];
	int fd = connect_to("messages");
	if (fd < 0) {
		perror("messages");
		return 1;
	}
	for (int i = 1; i < argc; i++) {
		ssize_t size = strlen(argv[i]);
		ssize_t sent = send(fd, argv[i], size, MSG_NOSIGNAL);
		if (sent < 0 && errno == EMSGSIZE) {
			perror("messages");
			return 1;
		}
		/* an echo has the size of what was sent; at the end of the connection nothing is received */
		if (sent != size || recv(fd, answer, sizeof(answer), 0) != size) {
			fprintf(stderr, "the sample closed the connection\n");
			return 1;
		}
		printf("%.*s\n", (int) size, answer);
	}
	return close(fd);
}
