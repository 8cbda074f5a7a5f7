/* hello <socket> <text>: connects, writes the text, waits for the end of the stream */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char byte;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    if (argc != 3 || fd < 0)
        return 2;
    strncpy(address.sun_path, argv[1], sizeof(address.sun_path) - 1);
    if (connect(fd, (struct sockaddr *) &address, sizeof(address)) < 0) {
        perror(argv[1]);
        return 1;
    }
    if (write(fd, argv[2], strlen(argv[2])) < 0)
        return 1;
    while (read(fd, &byte, 1) > 0)
        ;
    return 0;
}
