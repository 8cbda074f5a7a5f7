/*
 * What JNA loads as kernel32 and advapi32: a stub for each function Wine exports, which
 * has the call made by the Wine thread that belongs to the calling thread.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bridge.h"

#define ERROR_ACCESS_DENIED 5
#define ERROR_SEM_TIMEOUT 121
#define ERROR_PROC_NOT_FOUND 127
#define FILE_FLAG_FIRST_PIPE_INSTANCE 0x80000

static struct {
	const char *name;
	const char *dll;
} functions[] = {
#include "table.h"
};

static void *addresses[sizeof functions / sizeof *functions];
static struct bridge *bridge;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t at_thread_exit;
static __thread struct bridge_channel *channel;
static __thread uint32_t last_error;
static int trace;

static void detach(void *value)
{
	bridge->detach(value);
	channel = NULL;
}

static void initialize(void)
{
	struct bridge **published = dlsym(RTLD_DEFAULT, "wine_bridge");
	bridge = (published != NULL) ? *published : NULL;
	if (bridge == NULL || bridge->magic != BRIDGE_MAGIC) {
		fprintf(stderr, "wine shim: not inside a Wine process\n");
		abort();
	}
	trace = getenv("WINE_SHIM_TRACE") != NULL;
	pthread_key_create(&at_thread_exit, detach);
}

/*
 * Wine 8 ignores FILE_FLAG_FIRST_PIPE_INSTANCE. WaitNamedPipe tells whether the name
 * exists, in any process: then the answer is the one of Windows.
 */
static int is_refused_as_second(struct bridge_call *call)
{
	static void *wait_named_pipe;
	if (!(call->args[1] & FILE_FLAG_FIRST_PIPE_INSTANCE)) {
		return 0;
	}
	if (wait_named_pipe == NULL) {
		wait_named_pipe = bridge->lookup(channel, "kernel32.dll", "WaitNamedPipeW");
	}
	struct bridge_call wait = { .function = wait_named_pipe, .args = { call->args[0], 1 } };
	bridge->call(channel, &wait);
	if (!(uint32_t)wait.result && wait.last_error != ERROR_SEM_TIMEOUT) {
		return 0;
	}
	call->result = (uint64_t)-1;
	call->last_error = ERROR_ACCESS_DENIED;
	return 1;
}

/* JNA on Linux takes errno for the last error, after each call. */
uint32_t GetLastError(void)
{
	errno = last_error;
	return last_error;
}

__attribute__((visibility("hidden"))) uint64_t shim_dispatch(int index, uint64_t *registers, uint64_t *stack)
{
	pthread_once(&once, initialize);
	if (channel == NULL) {
		channel = bridge->attach();
		pthread_setspecific(at_thread_exit, channel);
	}
	if (addresses[index] == NULL) {
		addresses[index] = bridge->lookup(channel, functions[index].dll, functions[index].name);
		if (addresses[index] == NULL) {
			fprintf(stderr, "wine shim: no %s in %s\n", functions[index].name, functions[index].dll);
			errno = last_error = ERROR_PROC_NOT_FOUND;
			return 0;
		}
	}
	struct bridge_call call = { .function = addresses[index] };
	memcpy(call.args, registers, 6 * sizeof *call.args);
	memcpy(call.args + 6, stack, (BRIDGE_MAX_ARGS - 6) * sizeof *call.args);
	if (strcmp(functions[index].name, "CreateNamedPipeW") != 0 || !is_refused_as_second(&call)) {
		bridge->call(channel, &call);
	}
	if (trace) {
		fprintf(stderr, "wine shim: %s(%llx, %llx, %llx, ...) = %llx, last error %u\n", functions[index].name,
				(unsigned long long)call.args[0], (unsigned long long)call.args[1],
				(unsigned long long)call.args[2], (unsigned long long)call.result, call.last_error);
	}
	errno = last_error = call.last_error;
	return call.result;
}
