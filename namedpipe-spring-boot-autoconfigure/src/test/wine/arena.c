/*
 * A preloaded malloc. Wine refuses to read into memory that it has not mapped itself
 * (STATUS_INVALID_USER_BUFFER), so once the host has handed over a block of VirtualAlloc,
 * all allocations come from there: JNA's Memory and the JVM's direct buffers with them.
 *
 * Blocks are of size classes, four per power of two, and are never given back.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#define CLASSES 96
#define LARGEST ((size_t)64 << 20)

extern void *__libc_malloc(size_t);
extern void __libc_free(void *);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_calloc(size_t, size_t);

void *wine_bridge; /* set by the host, read by the shim; NULL in an ordinary process */

struct header {
	size_t class;
	size_t size;
};

struct free_block {
	struct free_block *next;
};

static char *volatile start;
static char *end;
static char *unused;
static volatile int unused_lock;
static struct free_block *free_blocks[CLASSES];
static volatile int class_locks[CLASSES];

static void lock(volatile int *word)
{
	while (__sync_lock_test_and_set(word, 1)) {
		for (int spins = 0; *word && spins < 200; spins++) {
			__builtin_ia32_pause();
		}
		if (*word) {
			usleep(0);
		}
	}
}

static void unlock(volatile int *word)
{
	__sync_lock_release(word);
}

/* Wine forks to start a process: in the child nobody is left to open a lock of another thread. */
static void lock_all(void)
{
	for (int class = 0; class < CLASSES; class++) {
		lock(&class_locks[class]);
	}
	lock(&unused_lock);
}

static void unlock_all(void)
{
	unlock(&unused_lock);
	for (int class = 0; class < CLASSES; class++) {
		unlock(&class_locks[class]);
	}
}

void arena_set(void *block, size_t size)
{
	pthread_atfork(lock_all, unlock_all, unlock_all);
	unused = block;
	end = unused + size;
	__sync_synchronize();
	start = block;
}

static int is_ours(void *block)
{
	return start != NULL && (char *)block >= start && (char *)block < end;
}

static struct header *header_of(void *block)
{
	return (struct header *)block - 1;
}

static int class_of(size_t size, size_t *rounded)
{
	int class = 0;
	for (size_t base = 32, step = 8;; base <<= 1, step <<= 1) {
		for (int i = 0; i < 4; i++, class++) {
			if (size <= base + i * step) {
				*rounded = (base + i * step + 15) & ~(size_t)15;
				return class;
			}
		}
	}
}

static void *allocate(size_t size)
{
	if (size > LARGEST) {
		return NULL;
	}
	size_t rounded;
	int class = class_of(size, &rounded);
	lock(&class_locks[class]);
	struct free_block *reused = free_blocks[class];
	if (reused != NULL) {
		free_blocks[class] = reused->next;
	}
	unlock(&class_locks[class]);
	if (reused != NULL) {
		header_of(reused)->size = size;
		return reused;
	}
	struct header *header = NULL;
	lock(&unused_lock);
	if (unused + sizeof *header + rounded <= end) {
		header = (struct header *)unused;
		unused += sizeof *header + rounded;
	}
	unlock(&unused_lock);
	if (header == NULL) {
		return NULL;
	}
	header->class = class;
	header->size = size;
	return header + 1;
}

void *malloc(size_t size)
{
	void *block = (start != NULL) ? allocate((size != 0) ? size : 1) : NULL;
	return (block != NULL) ? block : __libc_malloc(size);
}

void free(void *block)
{
	if (!is_ours(block)) {
		__libc_free(block);
		return;
	}
	int class = header_of(block)->class;
	struct free_block *freed = block;
	lock(&class_locks[class]);
	freed->next = free_blocks[class];
	free_blocks[class] = freed;
	unlock(&class_locks[class]);
}

void *calloc(size_t count, size_t size)
{
	if (start == NULL) {
		return __libc_calloc(count, size);
	}
	size_t total;
	if (__builtin_mul_overflow(count, size, &total)) {
		errno = ENOMEM;
		return NULL;
	}
	void *block = malloc(total);
	return (block != NULL) ? memset(block, 0, total) : NULL;
}

void *realloc(void *block, size_t size)
{
	if (block == NULL) {
		return malloc(size);
	}
	if (!is_ours(block)) {
		return __libc_realloc(block, size);
	}
	if (size == 0) {
		free(block);
		return NULL;
	}
	size_t old = header_of(block)->size;
	void *moved = malloc(size);
	if (moved != NULL) {
		memcpy(moved, block, (old < size) ? old : size);
		free(block);
	}
	return moved;
}

size_t malloc_usable_size(void *block)
{
	static size_t (*original)(void *);
	if (is_ours(block)) {
		return header_of(block)->size;
	}
	if (original == NULL) {
		original = (size_t(*)(void *))dlsym(RTLD_NEXT, "malloc_usable_size");
	}
	return (block != NULL) ? original(block) : 0;
}
