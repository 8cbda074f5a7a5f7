// anonymous IN OUT: sends back in upper case what comes on descriptor IN, to OUT
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
	int in = atoi(argv[1]), out = atoi(argv[2]);
	char buffer[65536];
	ssize_t count;
	while ((count = read(in, buffer, sizeof buffer)) > 0) {
		for (ssize_t i = 0; i < count; i++) {
			buffer[i] = toupper(buffer[i]);
		}
		for (ssize_t done = 0; done < count;) {
			ssize_t written = write(out, buffer + done, count - done);
			if (written < 0) {
				perror("write");
				return 1;
			}
			done += written;
		}
	}
	return count < 0;
}
