/*
 * A stand-in for iphlpapi.dll. JDK 21 and later do not load it under Wine 8, which lacks
 * GetAnycastIpAddressTable. It knows of no network interface; the loopback address works without.
 */
#include <winsock2.h>
#include <windows.h>

#define EXPORT __declspec(dllexport)

/* What all tables begin with, and no rows. */
struct table {
	ULONG rows;
	ULONG padding[3];
};

static DWORD no_rows(void **result)
{
	*result = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof(struct table));
	return (*result != NULL) ? NO_ERROR : ERROR_NOT_ENOUGH_MEMORY;
}

EXPORT DWORD WINAPI GetIfTable2(void **result)
{
	return no_rows(result);
}

EXPORT DWORD WINAPI GetUnicastIpAddressTable(USHORT family, void **result)
{
	return no_rows(result);
}

EXPORT DWORD WINAPI GetAnycastIpAddressTable(USHORT family, void **result)
{
	return no_rows(result);
}

EXPORT void WINAPI FreeMibTable(void *table)
{
	HeapFree(GetProcessHeap(), 0, table);
}

EXPORT ULONG WINAPI GetAdaptersAddresses(ULONG family, ULONG flags, void *reserved, void *addresses, ULONG *size)
{
	return ERROR_NO_DATA;
}

EXPORT DWORD WINAPI GetIfEntry2(void *row)
{
	return ERROR_FILE_NOT_FOUND;
}

EXPORT DWORD WINAPI ConvertInterfaceLuidToNameW(const void *luid, WCHAR *name, SIZE_T length)
{
	return ERROR_NOT_SUPPORTED;
}

EXPORT DWORD WINAPI ConvertInterfaceNameToLuidW(const WCHAR *name, void *luid)
{
	return ERROR_INVALID_NAME;
}

EXPORT DWORD WINAPI ConvertLengthToIpv4Mask(ULONG length, ULONG *mask)
{
	*mask = (length != 0) ? htonl(~0u << (32 - length)) : 0;
	return NO_ERROR;
}

EXPORT DWORD WINAPI NotifyAddrChange(HANDLE *handle, OVERLAPPED *overlapped)
{
	return ERROR_NOT_SUPPORTED;
}
