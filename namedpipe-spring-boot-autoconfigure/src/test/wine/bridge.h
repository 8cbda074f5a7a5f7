/*
 * The bridge between the JVM's threads and Wine's threads of one process.
 *
 * A thread of the JVM has no TEB and cannot call into Wine. Each one therefore gets a
 * Wine thread of its own, a "channel", that makes its calls for it: thread-bound Win32
 * state (last error, impersonation, pending I/O) behaves as on Windows, and ends with
 * the JVM's thread.
 */
#ifndef BRIDGE_H
#define BRIDGE_H

#include <stdint.h>

#define BRIDGE_MAGIC 0x42504e57
#define BRIDGE_MAX_ARGS 14

struct bridge_channel;

struct bridge_call {
	void *function;
	uint64_t args[BRIDGE_MAX_ARGS];
	uint64_t result;
	uint32_t last_error;
};

struct bridge {
	uint32_t magic;
	struct bridge_channel *(*attach)(void);
	void (*call)(struct bridge_channel *, struct bridge_call *);
	void (*detach)(struct bridge_channel *);
	void *(*lookup)(struct bridge_channel *, const char *dll, const char *name);
};

#endif
