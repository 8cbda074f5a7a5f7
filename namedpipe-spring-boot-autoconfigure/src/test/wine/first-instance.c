/*
 * An agent for a JVM under Wine 8, where FILE_FLAG_FIRST_PIPE_INSTANCE has no effect. Who asks
 * kernel32 for CreateNamedPipeW from now on, as JNA does, gets a function that refuses a name
 * that exists, as Windows does. A mutex makes the question and the creation one step among all
 * JVMs that have the agent.
 */
#include <windows.h>
#include <string.h>

#define PAGE 4096
#define GRANULARITY 0x10000
/* an entry of the export table is an offset of 32 bits; this many bytes are past any DLL */
#define NEAREST 0x1000000
#define FARTHEST 0x7f000000

typedef HANDLE(WINAPI *create_named_pipe)(LPCWSTR, DWORD, DWORD, DWORD, DWORD, DWORD, DWORD, LPSECURITY_ATTRIBUTES);

static create_named_pipe original;
static HANDLE mutex;

static BOOL exists(LPCWSTR name)
{
	return WaitNamedPipeW(name, 1) || GetLastError() == ERROR_SEM_TIMEOUT;
}

static HANDLE WINAPI replacement(LPCWSTR name, DWORD open_mode, DWORD pipe_mode, DWORD instances, DWORD out, DWORD in,
		DWORD timeout, LPSECURITY_ATTRIBUTES security)
{
	HANDLE pipe = INVALID_HANDLE_VALUE;
	DWORD error = ERROR_ACCESS_DENIED;

	if (!(open_mode & FILE_FLAG_FIRST_PIPE_INSTANCE)) {
		return original(name, open_mode, pipe_mode, instances, out, in, timeout, security);
	}
	WaitForSingleObject(mutex, INFINITE);
	if (!exists(name)) {
		pipe = original(name, open_mode, pipe_mode, instances, out, in, timeout, security);
		error = GetLastError();
	}
	ReleaseMutex(mutex);
	SetLastError(error);
	return pipe;
}

/* A jump to the replacement, at a place that the export table can name. */
static BYTE *jump(BYTE *module)
{
	void *destination = (void *)replacement;
	SIZE_T distance;

	for (distance = NEAREST; distance < FARTHEST; distance += GRANULARITY) {
		BYTE *code = VirtualAlloc(module + distance, PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_EXECUTE_READWRITE);
		if (code != NULL) {
			memcpy(code, "\x48\xb8", 2);				/* mov rax, destination */
			memcpy(code + 2, &destination, sizeof destination);
			memcpy(code + 10, "\xff\xe0", 2);			/* jmp rax */
			return code;
		}
	}
	return NULL;
}

static DWORD *find_export(BYTE *module, const char *name)
{
	IMAGE_NT_HEADERS *headers = (IMAGE_NT_HEADERS *)(module + ((IMAGE_DOS_HEADER *)module)->e_lfanew);
	IMAGE_DATA_DIRECTORY *directory = &headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_EXPORT];
	IMAGE_EXPORT_DIRECTORY *exports = (IMAGE_EXPORT_DIRECTORY *)(module + directory->VirtualAddress);
	DWORD *names = (DWORD *)(module + exports->AddressOfNames);
	WORD *ordinals = (WORD *)(module + exports->AddressOfNameOrdinals);
	DWORD i;

	for (i = 0; i < exports->NumberOfNames; i++) {
		if (strcmp((char *)module + names[i], name) == 0) {
			return (DWORD *)(module + exports->AddressOfFunctions) + ordinals[i];
		}
	}
	return NULL;
}

/* Anything but 0 stops the start of the JVM. */
__declspec(dllexport) int Agent_OnLoad(void *vm, char *options, void *reserved)
{
	BYTE *module = (BYTE *)GetModuleHandleW(L"kernel32");
	DWORD *entry = find_export(module, "CreateNamedPipeW");
	BYTE *code = jump(module);
	DWORD protection;

	original = (create_named_pipe)GetProcAddress((HMODULE)module, "CreateNamedPipeW");
	mutex = CreateMutexW(NULL, FALSE, L"namedpipe-first-instance");
	if (original == NULL || mutex == NULL || entry == NULL || code == NULL
			|| !VirtualProtect(entry, sizeof *entry, PAGE_READWRITE, &protection)) {
		return 1;
	}
	*entry = (DWORD)(code - module);
	VirtualProtect(entry, sizeof *entry, protection, &protection);
	return 0;
}
