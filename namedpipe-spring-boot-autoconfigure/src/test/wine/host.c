/*
 * A Wine program that hosts the JVM: it publishes the bridge, gives malloc a block of
 * Wine's own memory, and starts the Java launcher on a thread that Wine knows nothing of.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bridge.h"

#include <windef.h>
#include <winbase.h>

#define ARENA_SIZE ((SIZE_T)1 << 30)
#define SPINS 200

struct bridge_channel {
	volatile int requested;
	volatile int done;
	volatile int quit;
	volatile int started;
	struct bridge_call *call;
	struct bridge_channel *next;
};

typedef ULONGLONG(WINAPI *function14)(ULONGLONG, ULONGLONG, ULONGLONG, ULONGLONG, ULONGLONG, ULONGLONG, ULONGLONG,
		ULONGLONG, ULONGLONG, ULONGLONG, ULONGLONG, ULONGLONG, ULONGLONG, ULONGLONG);

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t queued = PTHREAD_COND_INITIALIZER;
static pthread_cond_t started = PTHREAD_COND_INITIALIZER;
static struct bridge_channel *queue;

static void await_change(volatile int *word, int value)
{
	syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void wake(volatile int *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* On a Wine thread. A call without a function is a lookup: dll and name are its arguments. */
static void make_call(struct bridge_call *call)
{
	uint64_t *a = call->args;
	if (call->function == NULL) {
		HMODULE module = LoadLibraryA((const char *)a[0]);
		call->result = (module != NULL) ? (uint64_t)(uintptr_t)GetProcAddress(module, (const char *)a[1]) : 0;
		return;
	}
	call->result = ((function14)call->function)(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10],
			a[11], a[12], a[13]);
	call->last_error = GetLastError();
}

static DWORD WINAPI serve(void *parameter)
{
	struct bridge_channel *channel = parameter;
	int seen = 0;
	for (;;) {
		while (channel->requested == seen) {
			await_change(&channel->requested, seen);
		}
		seen = channel->requested;
		__sync_synchronize();
		if (channel->quit) {
			break;
		}
		make_call(channel->call);
		__sync_synchronize();
		channel->done = seen;
		wake(&channel->done);
	}
	free(channel);
	return 0; /* the exit of a thread cancels its pending I/O, as on Windows */
}

static struct bridge_channel *attach(void)
{
	struct bridge_channel *channel = calloc(1, sizeof *channel);
	pthread_mutex_lock(&mutex);
	channel->next = queue;
	queue = channel;
	pthread_cond_signal(&queued);
	while (!channel->started) {
		pthread_cond_wait(&started, &mutex);
	}
	pthread_mutex_unlock(&mutex);
	return channel;
}

static void request(struct bridge_channel *channel)
{
	__sync_synchronize();
	channel->requested++;
	wake(&channel->requested);
}

static void call(struct bridge_channel *channel, struct bridge_call *call)
{
	channel->call = call;
	request(channel);
	int expected = channel->requested;
	for (int i = 0; i < SPINS && channel->done != expected; i++) {
		__builtin_ia32_pause();
	}
	int done;
	while ((done = channel->done) != expected) {
		await_change(&channel->done, done);
	}
	__sync_synchronize();
}

static void detach(struct bridge_channel *channel)
{
	channel->quit = 1;
	request(channel);
}

static void *lookup(struct bridge_channel *channel, const char *dll, const char *name)
{
	struct bridge_call request = { .function = NULL, .args = { (uintptr_t)dll, (uintptr_t)name } };
	call(channel, &request);
	return (void *)(uintptr_t)request.result;
}

static struct bridge bridge = { BRIDGE_MAGIC, attach, call, detach, lookup };

typedef int (*java_launcher)(int, char **, int, const char **, int, const char **, const char *, const char *,
		const char *, const char *, unsigned char, unsigned char, unsigned char, int);

static int java_argc;
static char **java_argv;

static void *run_java(void *ignored)
{
	(void)ignored;
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/lib/libjli.so", getenv("JAVA_HOME"));
	void *library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
	if (library == NULL) {
		fprintf(stderr, "wine host: %s\n", dlerror());
		_exit(97);
	}
	java_launcher launch = (java_launcher)dlsym(library, "JLI_Launch");
	java_argv[0] = strdup("java");
	int status = launch(java_argc, java_argv, 0, NULL, 0, NULL, "17", "0.0", "java", "openjdk", 0, 1, 0, 0);
	fflush(NULL);
	_exit(status);
	return NULL;
}

/* Wine threads can only be created on a Wine thread: the main one does it for attach(). */
static void start_channels(void)
{
	pthread_mutex_lock(&mutex);
	for (;;) {
		while (queue == NULL) {
			pthread_cond_wait(&queued, &mutex);
		}
		while (queue != NULL) {
			struct bridge_channel *channel = queue;
			queue = channel->next;
			HANDLE thread = CreateThread(NULL, 0, serve, channel, 0, NULL);
			if (thread == NULL) {
				fprintf(stderr, "wine host: CreateThread failed\n");
				_exit(96);
			}
			CloseHandle(thread);
			channel->started = 1;
		}
		pthread_cond_broadcast(&started);
	}
}

int main(int argc, char **argv)
{
	java_argc = argc;
	java_argv = argv;
	struct bridge **published = dlsym(RTLD_DEFAULT, "wine_bridge");
	void (*set_arena)(void *, size_t) = (void (*)(void *, size_t))dlsym(RTLD_DEFAULT, "arena_set");
	if (published == NULL || set_arena == NULL) {
		fprintf(stderr, "wine host: libarena.so is not preloaded\n");
		return 95;
	}
	*published = &bridge;
	unsetenv("LD_PRELOAD"); /* children of the JVM are ordinary processes */
	void *block = VirtualAlloc(NULL, ARENA_SIZE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
	if (block == NULL) {
		fprintf(stderr, "wine host: VirtualAlloc failed\n");
		return 94;
	}
	set_arena(block, ARENA_SIZE);
	pthread_t thread;
	pthread_attr_t attributes;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 8 << 20);
	if (pthread_create(&thread, &attributes, run_java, NULL) != 0) {
		perror("wine host: pthread_create");
		return 98;
	}
	start_channels();
	return 0;
}
