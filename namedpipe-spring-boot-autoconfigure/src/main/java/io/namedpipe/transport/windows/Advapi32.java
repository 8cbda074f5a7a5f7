/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.namedpipe.transport.windows;

import com.sun.jna.Native;

/**
 * The functions of {@code advapi32} that deal with accounts, tokens and security
 * descriptors, mapped directly as in {@link Kernel32}.
 */
final class Advapi32 {

	static final int SDDL_REVISION_1 = 1;

	static final int SE_KERNEL_OBJECT = 6;

	static final int OWNER_SECURITY_INFORMATION = 1;

	static final int GROUP_SECURITY_INFORMATION = 2;

	static final int DACL_SECURITY_INFORMATION = 4;

	static final int LABEL_SECURITY_INFORMATION = 0x10;

	static final int TOKEN_DUPLICATE = 2;

	static final int TOKEN_QUERY = 8;

	/** {@code TOKEN_INFORMATION_CLASS}. */
	static final int TOKEN_USER = 1;

	/** {@code TOKEN_INFORMATION_CLASS}. */
	static final int TOKEN_OWNER = 4;

	/** {@code TOKEN_INFORMATION_CLASS}. */
	static final int TOKEN_IMPERSONATION_LEVEL = 9;

	/** {@code SECURITY_IMPERSONATION_LEVEL}. */
	static final int SECURITY_IDENTIFICATION = 1;

	/** {@code SECURITY_IMPERSONATION_LEVEL}. */
	static final int SECURITY_IMPERSONATION = 2;

	/** {@code SID_NAME_USE}. */
	static final int SID_TYPE_USER = 1;

	/** {@code SID_NAME_USE}. */
	static final int SID_TYPE_GROUP = 2;

	/** {@code SID_NAME_USE}. */
	static final int SID_TYPE_DOMAIN = 3;

	/** Local group. */
	static final int SID_TYPE_ALIAS = 4;

	/** {@code SID_NAME_USE}. */
	static final int SID_TYPE_WELL_KNOWN_GROUP = 5;

	/** {@code SID_NAME_USE}. */
	static final int SID_TYPE_COMPUTER = 9;

	static {
		Native.register(Advapi32.class, "advapi32");
	}

	private Advapi32() {
	}

	/** See ConvertStringSecurityDescriptorToSecurityDescriptorW (sddl.h). */
	static native boolean ConvertStringSecurityDescriptorToSecurityDescriptorW(byte[] text, int revision,
			long[] securityDescriptor, int[] size);

	/** See ConvertSidToStringSidW (sddl.h). */
	static native boolean ConvertSidToStringSidW(long sid, long[] text);

	/** See ConvertStringSidToSidW (sddl.h). */
	static native boolean ConvertStringSidToSidW(byte[] text, long[] sid);

	/** See GetSecurityDescriptorOwner (securitybaseapi.h). */
	static native boolean GetSecurityDescriptorOwner(long descriptor, long[] owner, int[] ownerDefaulted);

	/** See LookupAccountNameW (winbase.h). */
	static native boolean LookupAccountNameW(long systemName, byte[] accountName, long sid, int[] sidSize,
			byte[] domainName, int[] domainNameSize, int[] use);

	/** See LookupAccountSidW (winbase.h). */
	static native boolean LookupAccountSidW(long systemName, long sid, byte[] name, int[] nameSize, byte[] domainName,
			int[] domainNameSize, int[] use);

	/** See OpenProcessToken (processthreadsapi.h). */
	static native boolean OpenProcessToken(long process, int desiredAccess, long[] token);

	/** See OpenThreadToken (processthreadsapi.h). */
	static native boolean OpenThreadToken(long thread, int desiredAccess, boolean openAsSelf, long[] token);

	/** See DuplicateToken (securitybaseapi.h). */
	static native boolean DuplicateToken(long token, int impersonationLevel, long[] duplicate);

	/** See GetTokenInformation (securitybaseapi.h). */
	static native boolean GetTokenInformation(long token, int informationClass, long information, int size,
			int[] sizeNeeded);

	/** See ImpersonateNamedPipeClient (namedpipeapi.h). */
	static native boolean ImpersonateNamedPipeClient(long pipe);

	/** See RevertToSelf (securitybaseapi.h). */
	static native boolean RevertToSelf();

	/** See GetSecurityInfo (aclapi.h). */
	static native int GetSecurityInfo(long object, int objectType, int securityInformation, long[] owner, long[] group,
			long[] dacl, long[] sacl, long[] securityDescriptor);

	/** See AccessCheck (securitybaseapi.h). */
	static native boolean AccessCheck(long securityDescriptor, long token, int desiredAccess, int[] genericMapping,
			byte[] privilegeSet, int[] privilegeSetSize, int[] grantedAccess, int[] accessStatus);

}
