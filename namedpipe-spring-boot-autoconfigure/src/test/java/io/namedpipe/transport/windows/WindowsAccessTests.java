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

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import io.namedpipe.access.AccessRights;
import io.namedpipe.access.AccessRules;
import io.namedpipe.testsupport.NotUnderWine;
import io.namedpipe.testsupport.WineLimit;
import io.namedpipe.transport.AccessPolicy;
import io.namedpipe.transport.AccountDatabase;
import io.namedpipe.transport.ConnectOptions;
import io.namedpipe.transport.GrantedAccess;
import io.namedpipe.transport.ImpersonationLevel;
import io.namedpipe.transport.PosixAccess;
import io.namedpipe.transport.Transport;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.TransportListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Which security descriptor a pipe gets, read back from the kernel and judged by its
 * AccessCheck, and what a client makes of it.
 */
@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
class WindowsAccessTests {

	private static final String NAME = "access-tests";

	private static final String SAMPLE_SDDL = "D:(A;OICI;GRGW;;;AU)(A;OICI;GA;;;BA)";

	private static final int FILE_CREATE_PIPE_INSTANCE = 4;

	private static final int READ_WRITE = 0x0012019f;

	private static final int FILE_DELETE_CHILD = 0x40;

	private final Transport transport = new WindowsTransport();

	private final AccountDatabase accounts = new WindowsAccounts();

	private final String me = this.accounts.currentUserId();

	private <T> T withServer(Options options, Function<Long, T> question) throws TransportException {
		long client = 0;
		try (TransportListener listener = this.transport.listen(options.listen())) {
			client = Kernel32.CreateFileW(WideString.encode(listener.address()), Kernel32.GENERIC_READ, 0, 0,
					Kernel32.OPEN_EXISTING, 0, 0);
			assertThat(client).isNotEqualTo(Kernel32.INVALID_HANDLE_VALUE);
			return question.apply(client);
		}
		finally {
			Kernel32.CloseHandle(client);
		}
	}

	private boolean isGranted(Options options, int access) throws TransportException {
		return withServer(options, (pipe) -> NativeSecurity.isGranted(pipe, access));
	}

	// 49
	@Test
	void withoutRulesOnlyTheCurrentUserAndSystemGetIn() throws Exception {
		String dacl = withServer(Options.of(NAME), NativeSecurity::dacl);

		assertThat(Dacl.of(dacl)).containsExactly("A;0x1f01ff;" + this.me, "D;0x1f01ff;S-1-5-2", "A;0x1f01ff;S-1-5-18");
	}

	@Test
	void networkIsDeniedOnlyWhileRemoteClientsAreRejected() throws Exception {
		String dacl = withServer(Options.of(NAME).acceptRemoteClients(), NativeSecurity::dacl);

		assertThat(Dacl.of(dacl)).containsExactly("A;0x1f01ff;" + this.me, "A;0x1f01ff;S-1-5-18");
	}

	// 53
	@Test
	void rulesGiveClientsNoRightToBeTheServer() throws Exception {
		AccessRules rules = AccessRules.builder()
			.allow("Everyone", AccessRights.READ_WRITE)
			.allow("Users", AccessRights.FULL_CONTROL)
			.deny("Guests", AccessRights.READ_WRITE)
			.build();

		List<String> dacl = Dacl.of(withServer(Options.of(NAME).access(rules), NativeSecurity::dacl));

		assertThat(dacl.get(0)).isEqualTo("A;0x1f01ff;" + this.me);
		assertThat(dacl.subList(2, 5)).containsExactly("D;0x1f01ff;S-1-5-32-546", "A;0x12019b;S-1-1-0",
				"A;0x1301fb;S-1-5-32-545");
	}

	@Test
	void accountOfTheServerAlwaysHasEverything() throws Exception {
		AccessRules rules = AccessRules.builder().deny("Everyone", AccessRights.FULL_CONTROL).build();

		assertThat(isGranted(Options.of(NAME).access(rules), 0x1f01ff)).isTrue();
	}

	// 52, 53
	@Test
	void securityDescriptorOfTheSampleReadsBackAsItIs() throws Exception {
		Options options = Options.of(NAME).message().access(AccessRules.sddl(SAMPLE_SDDL));

		String dacl = withServer(options, NativeSecurity::dacl);

		assertThat(dacl).startsWith("D:(A;OICI;").contains(";OICI;", ";AU)", ";BA)");
		assertThat(Dacl.of(dacl)).containsExactly("A;0x12019f;S-1-5-11", "A;0x1f01ff;S-1-5-32-544");
	}

	@Test
	void mandatoryLabelIsPartOfWhatDecidesOnAClient() throws Exception {
		AccessRules rules = AccessRules.sddl("D:(A;;GA;;;WD)S:(ML;;NW;;;LW)");
		try (TransportListener listener = this.transport.listen(Options.of(NAME).access(rules).listen())) {
			long client = Kernel32.CreateFileW(WideString.encode(listener.address()), Kernel32.GENERIC_READ, 0, 0,
					Kernel32.OPEN_EXISTING, 0, 0);
			try {
				assertThat(NativeSecurity.integrityLevelForAccessCheck(client)).hasValue(0x1000);
			}
			finally {
				Kernel32.CloseHandle(client);
			}
		}
	}

	@Test
	void securityDescriptorOfTheSampleLetsAUserReadAndWrite() throws Exception {
		Options options = Options.of(NAME).message().access(AccessRules.sddl("D:(A;OICI;GRGW;;;AU)"));

		// the kernel ignores the right to create instances when a client opens
		assertThat(isGranted(options, READ_WRITE & ~FILE_CREATE_PIPE_INSTANCE)).isTrue();
		assertThat(isGranted(options, FILE_DELETE_CHILD)).isFalse();
	}

	private void failToListen(String sddl) {
		assertThatExceptionOfType(TransportException.class).as(sddl)
			.isThrownBy(() -> this.transport.listen(Options.of(NAME).access(new Verbatim(sddl)).listen()))
			.withMessageContaining(this.me)
			.extracting(TransportException::getReason)
			.isEqualTo(Reason.INVALID_ACCESS);
	}

	// 52
	@Test
	void securityDescriptorThatIsNoneStopsTheStart() {
		assertThatExceptionOfType(TransportException.class)
			.isThrownBy(() -> this.transport.listen(Options.of(NAME).access(new Verbatim("D:(A;;XX;;;WD)")).listen()))
			.withMessageContaining("D:(A;;XX;;;WD)")
			.extracting(TransportException::getReason)
			.isEqualTo(Reason.INVALID_ACCESS);
	}

	@Test
	void securityDescriptorThatLocksTheServerOutStopsTheStart() {
		List<String> descriptors = List.of("D:(A;;0x12019b;;;" + this.me + ")", "D:(A;;GA;;;SY)",
				"D:(D;;0x4;;;WD)(A;;GA;;;WD)", "D:");
		int before = NativeProcess.handleCount();
		for (int i = 0; i < 10; i++) {
			descriptors.forEach(this::failToListen);
		}
		assertThat(NativeProcess.hasNoMoreHandlesThan(before)).isTrue();
	}

	@Test
	void serverThatOnlyReadsNeedsNoRightToWrite() throws Exception {
		Verbatim policy = new Verbatim("D:(A;;0x12008d;;;" + this.me + ")");
		try (TransportListener listener = this.transport.listen(Options.of(NAME).readOnly().access(policy).listen())) {
			assertThat(listener.address()).isEqualTo("\\\\.\\pipe\\" + NAME);
		}
	}

	// 49
	@Test
	@NotUnderWine(WineLimit.DACL_IS_NOT_ENFORCED)
	void clientThatTheDescriptorDoesNotAllowIsDenied() throws Exception {
		Verbatim policy = new Verbatim("D:(A;;0x12008d;;;" + this.me + ")");
		try (TransportListener listener = this.transport.listen(Options.of(NAME).readOnly().access(policy).listen())) {
			assertThatExceptionOfType(TransportException.class)
				.isThrownBy(() -> this.transport.connect(Options.of(NAME).writeOnly().connect()))
				.extracting(TransportException::getReason)
				.isEqualTo(Reason.ACCESS_DENIED);
		}
	}

	// 56
	@Test
	@NotUnderWine(WineLimit.NO_NETWORK_NAMES)
	void clientThatComesOverTheNetworkIsRefused() throws Exception {
		try (TransportListener listener = this.transport
			.listen(Options.of(NAME).access(AccessRules.sddl("D:(A;;GA;;;WD)")).listen())) {
			ConnectOptions local = Options.of(NAME).connect();
			ConnectOptions remote = new ConnectOptions(NAME, null, InetAddress.getLocalHost().getHostName(), false,
					true, true, local.inBufferSize(), local.outBufferSize(), 1024, null, local.impersonationLevel());
			assertThatExceptionOfType(TransportException.class)
				.isThrownBy(() -> this.transport.connect(remote).close());
			assertThat(listener.address()).isNotEmpty();
		}
	}

	@Test
	void clientIsGrantedWhatTheDescriptorSays() throws Exception {
		assertThat(granted("GRGW")).isEqualTo(GrantedAccess.FULL);
		assertThat(granted("GR")).isEqualTo(new GrantedAccess(true, false));
		assertThat(granted("GW")).isEqualTo(new GrantedAccess(false, true));
	}

	private GrantedAccess granted(String rights) throws TransportException {
		long[] descriptor = new long[1];
		String sddl = "O:" + this.me + "G:" + this.me + "D:(A;;" + rights + ";;;" + this.me + ")";
		assertThat(Advapi32.ConvertStringSecurityDescriptorToSecurityDescriptorW(WideString.encode(sddl), 1, descriptor,
				new int[1]))
			.isTrue();
		long token = Tokens.openForAccessCheck();
		try {
			return PipeSecurity.grantedBy(descriptor[0], token);
		}
		finally {
			Kernel32.CloseHandle(token);
			Kernel32.LocalFree(descriptor[0]);
		}
	}

	@Test
	void whatIsMadeBelongsToTheUserAndNotToAGroup() throws Exception {
		assertThat(owner("D:(A;;GA;;;WD)")).isEqualTo(this.me);
		assertThat(owner("G:BAD:(A;;GA;;;WD)")).isEqualTo(this.me);
		assertThat(owner("O:SYD:(A;;GA;;;WD)")).isEqualTo("S-1-5-18");
		assertThat(owner(" O:SYD:(A;;GA;;;WD)")).isEqualTo("S-1-5-18");
		assertThat(owner("D:(A;;GA;;;WD)O:SY")).isEqualTo("S-1-5-18");
		assertThat(withServer(Options.of(NAME), WindowsAccessTests::ownerOf)).isEqualTo(this.me);
	}

	private String owner(String sddl) throws TransportException {
		NativeSecurityDescriptor descriptor = NativeSecurityDescriptor.parse(sddl, this.me);
		try {
			return descriptor.owner();
		}
		finally {
			descriptor.free();
		}
	}

	private static String ownerOf(long pipe) {
		try {
			return PipeSecurity.owner(pipe);
		}
		catch (TransportException ex) {
			throw new AssertionError(ex);
		}
	}

	@Test
	void theCreatorIsTheOwnerOnWindowsToo() throws Exception {
		AccessRules named = AccessRules.sddl("O:" + this.me + "D:(A;;GA;;;CO)(A;;GR;;;WD)");
		AccessRules unnamed = AccessRules.sddl("D:(A;;GA;;;CO)(A;;GA;;;" + this.me + ")");
		AccessRules rules = AccessRules.builder().allow("Creator Owner", AccessRights.READ_WRITE).build();

		assertThat(dacl(named)).containsExactly("A;0x1f01ff;" + this.me, "A;0x120089;S-1-1-0");
		assertThat(dacl(unnamed)).containsExactly("A;0x1f01ff;S-1-3-4", "A;0x1f01ff;" + this.me);
		assertThat(dacl(rules)).contains("A;0x12019b;S-1-3-4").noneMatch((ace) -> ace.endsWith(";S-1-3-0"));
	}

	private List<String> dacl(AccessRules rules) throws TransportException {
		return Dacl.of(withServer(Options.of(NAME).access(rules), NativeSecurity::dacl));
	}

	@Test
	void aMachineIsNobodyWhoeverHasItsName() {
		String machine = System.getenv("COMPUTERNAME");

		Optional<String> user = this.accounts.userId(machine);

		assertThat(machine).isNotEmpty();
		assertThat(user).as(machine + " is " + user)
			.satisfiesAnyOf((sid) -> assertThat(sid).isEmpty(),
					(sid) -> assertThat(sid.orElseThrow()).matches("S-1-5-21-[0-9]+-[0-9]+-[0-9]+-[0-9]+"));
		assertThat(this.accounts.groupId(machine)).isEmpty();
	}

	@Test
	void ownerIsNamedAsInRules() throws Exception {
		assertThat(ServerOwner.of("Administrators", this.accounts).sids()).containsExactly("S-1-5-32-544");
		assertThat(ServerOwner.of("NT AUTHORITY\\SYSTEM", this.accounts).sids()).containsExactly("S-1-5-18");
		assertThat(ServerOwner.of("s-1-5-18", this.accounts).sids()).containsExactly("S-1-5-18");
		assertThat(ServerOwner.of(this.me, this.accounts).sids()).containsExactly(this.me);
		for (String user : List.of("no-such-user", "S-1-x", " ")) {
			assertThatExceptionOfType(TransportException.class).as(user)
				.isThrownBy(() -> ServerOwner.of(user, this.accounts))
				.withMessageContaining("'" + user + "'")
				.extracting(TransportException::getReason)
				.isEqualTo(Reason.INVALID_ACCESS);
		}
	}

	// 54
	@Test
	void serverOfTheCurrentUserIsTrusted() throws Exception {
		try (TransportListener listener = this.transport.listen(Options.of(NAME).listen());
				TransportChannel first = connect(ConnectOptions.CURRENT_USER);
				TransportChannel second = connect(Tokens.currentUser())) {
			assertThat(listener.address()).isNotEmpty();
			assertThat(first.peer().processId()).isPresent();
			assertThat(second.peer().processId()).isPresent();
		}
	}

	@Test
	void theCurrentUserIsMeantInAnyCase() throws Exception {
		try (TransportListener listener = this.transport.listen(Options.of(NAME).listen());
				TransportChannel channel = connect("Current-User")) {
			assertThat(listener.address()).isNotEmpty();
			assertThat(channel.peer().processId()).isPresent();
		}
	}

	private TransportChannel connect(String verifyServerUser) throws TransportException {
		return this.transport.connect(Options.of(NAME).verifyServerUser(verifyServerUser).connect());
	}

	// 54
	@Test
	void serverOfAnotherUserIsNotTrusted() throws Exception {
		int attempts = 20;
		Options options = Options.of(NAME).pendingInstances(attempts);
		try (TransportListener listener = this.transport.listen(options.listen())) {
			int before = NativeProcess.handleCount();
			for (int i = 0; i < attempts; i++) {
				assertThatExceptionOfType(TransportException.class).isThrownBy(() -> connect("S-1-5-19"))
					.withMessageContaining("S-1-5-19")
					.withMessageContaining(listener.address())
					.extracting(TransportException::getReason)
					.isEqualTo(Reason.UNTRUSTED_SERVER);
			}
			assertThat(NativeProcess.hasNoMoreHandlesThan(before)).isTrue();
		}
	}

	@Test
	void serverUserThatDoesNotExistIsAnError() {
		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> connect("no-such-user"))
			.withMessageContaining("no-such-user")
			.extracting(TransportException::getReason)
			.isEqualTo(Reason.INVALID_ACCESS);
	}

	@Test
	void impersonationLevelBecomesTheQualityOfService() {
		assertThat(qualityOfService(ImpersonationLevel.ANONYMOUS)).isEqualTo(0x100000);
		assertThat(qualityOfService(ImpersonationLevel.IDENTIFICATION)).isEqualTo(0x110000);
		assertThat(qualityOfService(ImpersonationLevel.IMPERSONATION)).isEqualTo(0x120000);
		assertThat(qualityOfService(ImpersonationLevel.DELEGATION)).isEqualTo(0x130000);
	}

	private static int qualityOfService(ImpersonationLevel level) {
		return WindowsTransport.qualityOfService(Options.of(NAME).impersonation(level).connect());
	}

	@Test
	void accountsAreFoundByName() {
		assertThat(this.me).startsWith("S-1-");
		String name = System.getProperty("user.name");
		assertThat(this.accounts.userId(name)).contains(this.me);
		assertThat(this.accounts.groupId(name)).isEmpty();
		assertThat(this.accounts.userId("no-such-user")).isEmpty();
		assertThat(this.accounts.userId(" ")).isEmpty();
		assertThat(this.accounts.knowsMemberships()).isFalse();
	}

	private record Verbatim(String sddl) implements AccessPolicy {

		@Override
		public PosixAccess posix(AccountDatabase accounts) {
			throw new UnsupportedOperationException();
		}

		@Override
		public String securityDescriptor(AccountDatabase accounts, boolean rejectRemoteClients) {
			return this.sddl;
		}

	}

}
