/* Sends messages of the sizes 0 to N-1 over SOCK_SEQPACKET and checks what comes back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	static char out[65536], in[65536];
	int count = atoi(argv[2]);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	strncpy(address.sun_path, argv[1], sizeof address.sun_path - 1);
	if (fd < 0 || connect(fd, (struct sockaddr *) &address, sizeof address) < 0) {
		perror("connect");
		return 1;
	}
	for (int size = 0; size < count; size++) {
		memset(out, 'a' + size % 26, size);
		if (send(fd, out, size, MSG_NOSIGNAL) != size) {
			perror("send");
			return 1;
		}
		if (recv(fd, in, sizeof in, 0) != size || memcmp(in, out, size) != 0) {
			fprintf(stderr, "message of %d bytes came back different\n", size);
			return 1;
		}
	}
	shutdown(fd, SHUT_WR);
	printf("%d messages, then %zd\n", count, recv(fd, in, sizeof in, 0));
	return 0;
}
