/*
 * A stand-in for a DLL that Wine 8 lacks, and that programs in Go (1.22 and later) do not start without.
 */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length) {
	while (length > 0) {
		ULONG part = length > 0x1000000 ? 0x1000000 : (ULONG) length;
		if (!RtlGenRandom(data, part))
			return FALSE;
		data += part;
		length -= part;
	}
	return TRUE;
}
