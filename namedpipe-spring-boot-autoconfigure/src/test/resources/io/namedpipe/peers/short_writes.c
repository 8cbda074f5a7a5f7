/*
 * To be preloaded: sockets read and write no more than a few bytes at once, and every
 * seventh call is interrupted by a signal that nobody sent.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_uint calls;

/* How many bytes this call may transfer, 0 for an interruption, all where it is no stream. */
static size_t allowed(int fd, size_t wanted)
{
	int type = 0;
	socklen_t size = sizeof type;
	int before = errno;

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) < 0 || type != SOCK_STREAM) {
		errno = before;
		return wanted ? wanted : 1;
	}
	unsigned call = atomic_fetch_add(&calls, 1);
	if (call % 7 == 6)
		return 0;
	size_t most = 1 + call % 13;
	return wanted < most ? (wanted ? wanted : 1) : most;
}

#define CAPPED(result, fd, wanted, call) \
	size_t most = allowed(fd, wanted); \
	if (most == 0) { \
		errno = EINTR; \
		return -1; \
	} \
	size_t length = most < (wanted) ? most : (wanted); \
	return call;

ssize_t write(int fd, const void *data, size_t count)
{
	static ssize_t (*next)(int, const void *, size_t);
	if (!next)
		next = dlsym(RTLD_NEXT, "write");
	CAPPED(ssize_t, fd, count, next(fd, data, length))
}

ssize_t read(int fd, void *data, size_t count)
{
	static ssize_t (*next)(int, void *, size_t);
	if (!next)
		next = dlsym(RTLD_NEXT, "read");
	CAPPED(ssize_t, fd, count, next(fd, data, length))
}

ssize_t send(int fd, const void *data, size_t count, int flags)
{
	static ssize_t (*next)(int, const void *, size_t, int);
	if (!next)
		next = dlsym(RTLD_NEXT, "send");
	CAPPED(ssize_t, fd, count, next(fd, data, length, flags))
}

ssize_t recv(int fd, void *data, size_t count, int flags)
{
	static ssize_t (*next)(int, void *, size_t, int);
	if (!next)
		next = dlsym(RTLD_NEXT, "recv");
	CAPPED(ssize_t, fd, count, next(fd, data, length, flags))
}

/* A vector ends within its first buffer that is not empty. */
static ssize_t first(int fd, const struct iovec *vector, int count, ssize_t (*one)(int, void *, size_t))
{
	for (int i = 0; i < count; i++)
		if (vector[i].iov_len > 0)
			return one(fd, vector[i].iov_base, vector[i].iov_len);
	return one(fd, NULL, 0);
}

static int is_stream(int fd)
{
	int type = 0;
	socklen_t size = sizeof type;
	int before = errno;
	int known = getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size);
	errno = before;
	return known == 0 && type == SOCK_STREAM;
}

ssize_t writev(int fd, const struct iovec *vector, int count)
{
	static ssize_t (*next)(int, const struct iovec *, int);
	if (!next)
		next = dlsym(RTLD_NEXT, "writev");
	return is_stream(fd) ? first(fd, vector, count, (ssize_t (*)(int, void *, size_t)) write) : next(fd, vector, count);
}

ssize_t readv(int fd, const struct iovec *vector, int count)
{
	static ssize_t (*next)(int, const struct iovec *, int);
	if (!next)
		next = dlsym(RTLD_NEXT, "readv");
	return is_stream(fd) ? first(fd, vector, count, read) : next(fd, vector, count);
}
