/* The C peer of the benchmarks: peer PATH echo|sink. One thread per connection, as ours. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int echo;

static void *serve(void *arg)
{
	int fd = (int) (long) arg;
	static __thread char buffer[64 * 1024];
	ssize_t n;
	while ((n = read(fd, buffer, sizeof buffer)) > 0)
		for (ssize_t done = 0; echo && done < n;) {
			ssize_t w = write(fd, buffer + done, n - done);
			if (w <= 0)
				break;
			done += w;
		}
	close(fd);
	return NULL;
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int server = socket(AF_UNIX, SOCK_STREAM, 0);
	if (argc != 3)
		return 2;
	echo = strcmp(argv[2], "echo") == 0;
	strncpy(address.sun_path, argv[1], sizeof address.sun_path - 1);
	if (bind(server, (struct sockaddr *) &address, sizeof address) || listen(server, 1024)) {
		perror(argv[1]);
		return 1;
	}
	puts("listening");
	fflush(stdout);
	for (;;) {
		pthread_t thread;
		int fd = accept(server, NULL, NULL);
		if (fd >= 0 && pthread_create(&thread, NULL, serve, (void *) (long) fd) == 0)
			pthread_detach(thread);
	}
}
