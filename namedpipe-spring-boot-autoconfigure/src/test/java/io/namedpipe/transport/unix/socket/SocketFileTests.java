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

package io.namedpipe.transport.unix.socket;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.namedpipe.access.AccessRules;
import io.namedpipe.testsupport.JavaProcess;
import io.namedpipe.testsupport.RequiresRoot;
import io.namedpipe.transport.PosixAccess;
import io.namedpipe.transport.TransportException;
import io.namedpipe.transport.TransportException.Reason;
import io.namedpipe.transport.unix.account.PosixAccounts;
import io.namedpipe.transport.unix.libc.Errno;
import io.namedpipe.transport.unix.libc.LibC;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SocketFile}: what happens to the files of others while a name is
 * taken.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class SocketFileTests {

	private static final int OTHER_USER = 54321;

	@TempDir
	private Path temporary;

	private Path folder = Path.of("/");

	private Path path = Path.of("/");

	private final List<ServerSocketChannel> servers = new ArrayList<>();

	@BeforeEach
	void setUp() throws IOException {
		this.folder = Files.createDirectories(this.temporary.resolve("above/folder"));
		this.path = this.folder.resolve("pipe");
	}

	@AfterEach
	void closeServers() throws IOException {
		for (ServerSocketChannel server : this.servers) {
			server.close();
		}
	}

	private ServerSocketChannel bind(Path socket) throws IOException {
		ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
		this.servers.add(server);
		server.bind(UnixDomainSocketAddress.of(socket));
		return server;
	}

	private void makeStale(Path socket) throws IOException {
		bind(socket).close();
	}

	private static PosixAccess everybody() throws TransportException {
		return AccessRules.sddl("D:(A;;GRGW;;;WD)").posix(PosixAccounts.get());
	}

	private SocketFile claim(SocketFile.Bind bind) throws TransportException {
		return SocketFile.claim(this.path, everybody(), bind);
	}

	private static String permissions(Path file) throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
	}

	private static Path ownerOnly(Path file) throws IOException {
		return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
	}

	private static void letOthersChange(Path folder) throws IOException {
		Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
	}

	private static void replace(Path by, Path file) throws IOException {
		Files.move(by, file, StandardCopyOption.ATOMIC_MOVE);
	}

	@Test
	void whenNameIsClaimedThenSocketKeepsItsPermissions() throws Exception {
		SocketFile file = claim(this::bind);
		assertThat(permissions(this.path)).isEqualTo("rw-rw-rw-");
		assertThat(file.warnings()).isEmpty();

		file.delete();

		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	void whenTheSocketIsReplacedByAFileThenThatIsLeft() throws Exception {
		Path other = ownerOnly(Files.writeString(this.folder.resolve("other"), "precious"));

		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> claim((path) -> {
			bind(path);
			replace(other, path);
		}))
			.withMessageContaining("has been replaced")
			.extracting(TransportException::getReason)
			.isEqualTo(Reason.NAME_IN_USE);

		assertThat(this.path).hasContent("precious");
		assertThat(permissions(this.path)).isEqualTo("rw-------");
	}

	@Test
	@RequiresRoot
	void whenTheSocketIsReplacedByAnotherUsersThenThatIsLeft() throws Exception {
		Path other = this.folder.resolve("other");
		bind(other);
		ownerOnly(other);
		Files.setAttribute(other, "unix:uid", OTHER_USER);

		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> claim((path) -> {
			bind(path);
			replace(other, path);
		})).withMessageContaining("has been replaced");

		assertThat(permissions(this.path)).isEqualTo("rw-------");
	}

	@Test
	void whenTheSocketIsReplacedByALinkThenItsTargetIsLeft() throws Exception {
		Path target = this.folder.resolve("target");
		bind(target);
		ownerOnly(target);

		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> claim((path) -> {
			bind(path);
			Files.delete(path);
			Files.createSymbolicLink(path, target);
		})).withMessageContaining("has been replaced");

		assertThat(permissions(target)).isEqualTo("rw-------");
		assertThat(this.path).isSymbolicLink();
	}

	@Test
	void whenTheSocketIsReplacedByADeadOneThenThatIsLeft() throws Exception {
		letOthersChange(this.temporary.resolve("above"));
		Path dead = this.folder.resolve("dead");
		makeStale(dead);
		ownerOnly(dead);

		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> claim((path) -> {
			bind(path);
			replace(dead, path);
		})).withMessageContaining("has been replaced");

		assertThat(permissions(this.path)).isEqualTo("rw-------");
	}

	@Test
	void whenParentFolderIsReplacedAfterBindThenItsFileIsLeft() throws Exception {
		letOthersChange(this.temporary.resolve("above"));
		Path precious = elsewhere();

		SocketFile file = claim((path) -> {
			bind(path);
			leadElsewhere();
		});

		assertThat(permissions(precious)).isEqualTo("rw-------");
		assertThat(permissions(this.temporary.resolve("moved/folder/pipe"))).isEqualTo("rw-rw-rw-");
		file.delete();
		assertThat(precious).hasContent("precious");
		assertThat(this.temporary.resolve("moved/folder")).isEmptyDirectory();
	}

	@Test
	void whenAFolderAboveIsReplacedBeforeTheBindThenThatIsSaid() throws Exception {
		letOthersChange(this.temporary.resolve("above"));
		Path precious = elsewhere();
		Files.move(precious, precious.resolveSibling("other"));

		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> claim((path) -> {
			leadElsewhere();
			bind(path);
		}))
			.withMessageContaining("has been replaced")
			.extracting(TransportException::getReason)
			.isEqualTo(Reason.UNUSABLE_FOLDER);

		assertThat(this.temporary.resolve("moved/folder")).isEmptyDirectory();
	}

	private Path elsewhere() throws IOException {
		Path elsewhere = Files.createDirectories(this.temporary.resolve("elsewhere/folder"));
		return ownerOnly(Files.writeString(elsewhere.resolve("pipe"), "precious"));
	}

	private void leadElsewhere() throws IOException {
		Path above = this.temporary.resolve("above");
		Files.move(above, this.temporary.resolve("moved"));
		Files.createSymbolicLink(above, this.temporary.resolve("elsewhere"));
	}

	@Test
	@RequiresRoot
	void whenAFolderAboveIsAnothersThenAWarningSaysSo() throws Exception {
		Path above = this.temporary.resolve("above");
		Files.setAttribute(above, "unix:uid", OTHER_USER);

		SocketFile file = claim(this::bind);

		assertThat(file.warnings()).singleElement().asString().contains(above.toString());
		file.delete();
	}

	@Test
	@RequiresRoot
	void whenAnotherUserHasTheNameThenTheFailureNamesTheUser() throws Exception {
		makeStale(this.path);
		Files.setAttribute(this.path, "unix:uid", OTHER_USER);
		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> claim(this::bind))
			.withMessageContaining("belongs to user 54321")
			.withMessageContaining("a folder in which nobody else can make files");
		Files.delete(this.path);
		Files.createFile(this.path);
		Files.setAttribute(this.path, "unix:uid", OTHER_USER);

		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> claim(this::bind))
			.withMessageContaining("belongs to user 54321");
	}

	@Test
	void whenThisProcessServesTheNameThenTheFailureSaysSo() throws Exception {
		SocketFile file = claim(this::bind);

		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> claim(this::bind))
			.withMessageContaining("this very process");

		file.delete();
		claim(this::bind).delete();
	}

	@Test
	void whenAServerHasTheNameThenItsQueueStaysEmpty() throws Exception {
		ServerSocketChannel other = bind(this.path);
		other.configureBlocking(false);

		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> claim(this::bind))
			.withMessageContaining("is being served by a process of user " + System.getProperty("user.name"));

		assertThat(other.accept()).isNull();
	}

	@Test
	void whenAServerHasTheNameAndJnaIsMissingThenItsQueueStaysEmpty() throws Exception {
		ServerSocketChannel other = bind(this.path);
		other.configureBlocking(false);

		try (JavaProcess process = JavaProcess.of(Claimer.class, this.path.toString(), "true").without("jna").start()) {
			assertThat(process.nextLine()).contains("is being served by a process of user");
		}

		assertThat(other.accept()).isNull();
	}

	@Test
	void whenAServerIsBoundAndDoesNotYetListenThenItIsNotDisplaced() throws Exception {
		try (Listening early = new Listening(this.path)) {
			assertThatExceptionOfType(TransportException.class).isThrownBy(() -> claim(this::bind))
				.withMessageContaining("is being served");

			assertThat(early.path()).exists();
		}
	}

	@Test
	void whenTheKernelListsAServerThenItIsFoundUnderEverySpelling() throws Exception {
		Path alias = Files.createSymbolicLink(this.temporary.resolve("alias"), this.folder);
		Path list = Files.writeString(this.temporary.resolve("list"), """
				Num       RefCount Protocol Flags    Type St Inode Path
				0000000000000000: 00000002 00000000 00010000 0001 01 12345 %s
				0000000000000000: 00000003 00000000 00000000 0001 03 12346 %s
				0000000000000000: 00000003 00000000 00000000 0001 03 12347
				""".formatted(alias.resolve("pipe"), this.folder.resolve("other")));
		makeStale(this.path);

		assertThat(SocketProbe.isListed(this.path, list)).isTrue();
		assertThat(SocketProbe.isListed(this.folder.resolve("other"), list)).isFalse();
	}

	@Test
	void whenARefusalIsNoProofThenASocketOfUnknownOriginIsLeft() throws Exception {
		makeStale(this.path);

		assertThatExceptionOfType(TransportException.class)
			.isThrownBy(() -> SocketFile.claim(this.path, everybody(), this::bind, false))
			.withMessageContaining("a busy server does on this system, too");

		assertThat(this.path).exists();
		claim(this::bind).delete();
	}

	@Test
	void whenRefusalIsNoProofThenSocketOfDeadServerIsReplaced() throws Exception {
		try (JavaProcess other = JavaProcess.of(Claimer.class, this.path.toString(), "false").start()) {
			assertThat(other.nextLine()).isEqualTo("claimed");
			assertThatExceptionOfType(TransportException.class)
				.isThrownBy(() -> SocketFile.claim(this.path, everybody(), this::bind, false))
				.withMessageContaining("is being served by another process");
		}
		assertThat(this.path).exists();

		SocketFile.claim(this.path, everybody(), this::bind, false).delete();

		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	void whenRefusalIsNoProofAndClaimFailsThenNextClaimKnowsSocket() throws Exception {
		try (JavaProcess other = JavaProcess.of(Claimer.class, this.path.toString(), "false").start()) {
			assertThat(other.nextLine()).isEqualTo("claimed");
		}
		Path dead = Files.move(this.path, this.folder.resolve("moved"));
		assertThatExceptionOfType(TransportException.class)
			.isThrownBy(() -> SocketFile.claim(this.path, everybody(), (path) -> {
				throw new IOException("no descriptor is left");
			}, false));
		Files.move(dead, this.path);

		SocketFile.claim(this.path, everybody(), this::bind, false).delete();

		assertThat(this.folder).isEmptyDirectory();
	}

	/**
	 * Another process that takes the name.
	 */
	static final class Claimer {

		private static @Nullable ServerSocketChannel server;

		private Claimer() {
		}

		/**
		 * Main.
		 * @param arguments the path, and whether a refusal is proof
		 * @throws IOException if it fails
		 */
		public static void main(String[] arguments) throws IOException {
			try {
				SocketFile.claim(Path.of(arguments[0]), everybody(), (path) -> {
					server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
					server.bind(UnixDomainSocketAddress.of(path));
				}, Boolean.parseBoolean(arguments[1]));
				System.out.println("claimed");
				System.in.read();
			}
			catch (TransportException ex) {
				System.out.println(ex.getMessage());
			}
		}

	}

	/**
	 * A socket that has its name and does not listen yet.
	 */
	private record Listening(Path path, int socket) implements AutoCloseable {

		Listening(Path path) throws TransportException {
			this(path, Errno.checked("create a socket",
					() -> LibC.socket(LibC.AF_UNIX, LibC.SOCK_SEQPACKET | LibC.SOCK_CLOEXEC, 0)));
			byte[] address = LibC.address(path.toString());
			Errno.checked("bind", () -> LibC.bind(this.socket, address, address.length));
		}

		@Override
		public void close() {
			LibC.close(this.socket);
		}

	}

}
