/* Writes COUNT lines of SIZE times LETTER to a FIFO, each with one call of write. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd = open(argv[1], O_WRONLY);
	int count = atoi(argv[3]), size = atoi(argv[4]);
	char *line = malloc(size);

	memset(line, argv[2][0], size);
	line[size - 1] = '\n';
	for (int i = 0; i < count; i++) {
		if (write(fd, line, size) != size) {
			perror("write");
			return 1;
		}
	}
	puts("done");
	return 0;
}
