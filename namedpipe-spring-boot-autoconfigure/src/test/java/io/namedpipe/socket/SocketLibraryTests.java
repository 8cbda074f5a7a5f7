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

package io.namedpipe.socket;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.impl.bootstrap.HttpServer;
import org.apache.hc.core5.http.impl.bootstrap.ServerBootstrap;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;

import io.namedpipe.testsupport.PeerProcess;
import io.namedpipe.testsupport.PipeFixture;
import io.namedpipe.testsupport.RequiresCommand;
import io.namedpipe.testsupport.RequiresDocker;
import io.namedpipe.testsupport.RequiresRoot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Libraries that get their sockets from us, with the programs that they are for.
 */
@DisabledOnOs(OS.WINDOWS)
@Timeout(120)
class SocketLibraryTests extends PipeFixture {

	private static final String POSTGRES = "/usr/lib/postgresql/15/bin/";

	@TempDir
	private Path folder;

	@Test
	@RequiresRoot
	@RequiresCommand({ POSTGRES + "postgres", "setpriv" })
	void whenPostgresListensOnSocketThenItsDriverReachesIt() throws Exception {
		String url = startPostgres();

		try (Connection connection = DriverManager.getConnection(url);
				Statement statement = connection.createStatement()) {
			statement.execute("create table orders (id int primary key, text varchar)");
			statement.execute("insert into orders select n, repeat('x', 1000) from generate_series(1, 5000) n");
			try (ResultSet result = statement.executeQuery("select sum(length(text)) from orders")) {
				assertThat(result.next()).isTrue();
				assertThat(result.getLong(1)).isEqualTo(5_000_000);
			}
			// a second socket cancels
			statement.setQueryTimeout(1);
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> statement.execute("select pg_sleep(600)"))
				.withMessageContaining("cancel");
			statement.setQueryTimeout(0);
			assertNotificationsAfterTimeouts(url, connection);
			connection.setNetworkTimeout(Runnable::run, 100);
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> statement.execute("select pg_sleep(600)"))
				.withRootCauseInstanceOf(SocketTimeoutException.class);
		}
	}

	// The driver reads with a short time-out until something comes
	private static void assertNotificationsAfterTimeouts(String url, Connection connection) throws SQLException {
		PGConnection listening = connection.unwrap(PGConnection.class);
		try (Statement statement = connection.createStatement()) {
			statement.execute("listen news");
		}
		for (int i = 0; i < 3; i++) {
			assertThat(listening.getNotifications(20)).isNullOrEmpty();
		}
		try (Connection other = DriverManager.getConnection(url); Statement statement = other.createStatement()) {
			statement.execute("notify news, 'hello'");
		}
		PGNotification[] notifications = listening.getNotifications((int) SOON.toMillis());
		assertThat(notifications).singleElement()
			.satisfies((news) -> assertThat(news.getParameter()).isEqualTo("hello"));
	}

	private String startPostgres() throws Exception {
		UserPrincipal postgres = this.folder.getFileSystem()
			.getUserPrincipalLookupService()
			.lookupPrincipalByName("postgres");
		Files.setOwner(this.folder, postgres);
		String data = this.folder.resolve("data").toString();
		String[] user = { "setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups" };
		try (PeerProcess initdb = start(user, POSTGRES + "initdb", "-D", data, "-A", "trust", "-N", "-E", "UTF8",
				"--locale=C")) {
			assertThat(initdb.output()).contains("Success");
		}
		PeerProcess server = closing(start(user, POSTGRES + "postgres", "-D", data, "-k", this.folder.toString(), "-c",
				"listen_addresses=", "-c", "fsync=off"));
		while (!server.nextLine().contains("ready to accept connections")) {
			continue;
		}
		return "jdbc:postgresql://localhost/postgres?user=postgres&sslmode=disable&socketFactory="
				+ NamedPipeSocketFactory.class.getName() + "&socketFactoryArg=" + this.folder.resolve(".s.PGSQL.5432");
	}

	private static PeerProcess start(String[] prefix, String... command) throws IOException {
		List<String> all = new ArrayList<>(List.of(prefix));
		all.addAll(List.of(command));
		return PeerProcess.start(all.toArray(new String[0]));
	}

	@Test
	@RequiresCommand("redis-server")
	void whenRedisListensOnSocketThenJedisReachesIt() throws Exception {
		Path path = this.folder.resolve("redis.sock");
		closing(PeerProcess.start("redis-server", "--port", "0", "--unixsocket", path.toString(), "--save", "", "--dir",
				this.folder.toString()));
		await().atMost(SOON).until(() -> Files.exists(path));
		NamedPipeSocketFactory sockets = new NamedPipeSocketFactory(path.toString());

		try (Jedis jedis = new Jedis(() -> connect(sockets, 2000))) {
			assertThat(jedis.ping()).isEqualTo("PONG");
			String large = "x".repeat(1_000_000);
			jedis.set("large", large);
			assertThat(jedis.get("large")).isEqualTo(large);
			assertThat(jedis.blpop(0.1, "nothing")).isNull();
			jedis.rpush("queue", "one");
			assertThat(jedis.blpop(5, "queue").get(1)).isEqualTo("one");
		}
	}

	@Test
	void whenRedisIsMuteThenJedisTimesOut() throws Exception {
		String pipe = this.folder.resolve("mute").toString();
		closing(new NamedPipeServerSocketFactory(pipe).createServerSocket(1));
		NamedPipeSocketFactory sockets = new NamedPipeSocketFactory(pipe);

		try (Jedis jedis = new Jedis(() -> connect(sockets, 100))) {
			assertThatExceptionOfType(JedisConnectionException.class).isThrownBy(jedis::ping)
				.withRootCauseInstanceOf(SocketTimeoutException.class);
		}
	}

	// as docs/sockets.md shows it
	private static Socket connect(NamedPipeSocketFactory sockets, int timeout) {
		Socket socket = sockets.createSocket();
		try {
			socket.connect(InetSocketAddress.createUnresolved("localhost", 6379), timeout);
			socket.setSoTimeout(timeout);
			return socket;
		}
		catch (IOException ex) {
			throw new JedisConnectionException(ex);
		}
	}

	@Test
	void whenGrpcIsOverOkHttpThenCallsGoOverPipe() throws Exception {
		String pipe = this.folder.resolve("grpc").toString();
		MethodDescriptor<String, String> unary = method(MethodDescriptor.MethodType.UNARY, "pipes/Upper");
		MethodDescriptor<String, String> streaming = method(MethodDescriptor.MethodType.SERVER_STREAMING,
				"pipes/Count");
		Server server = OkHttpServerBuilder
			.forPort(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), InsecureServerCredentials.create())
			.socketFactory(new NamedPipeServerSocketFactory(pipe))
			.addService(ServerServiceDefinition.builder("pipes")
				.addMethod(unary, ServerCalls.asyncUnaryCall((request, replies) -> {
					replies.onNext(request.toUpperCase());
					replies.onCompleted();
				}))
				.addMethod(streaming, ServerCalls.asyncServerStreamingCall((request, replies) -> {
					for (int i = 0; i < Integer.parseInt(request); i++) {
						replies.onNext("reply " + i);
					}
					replies.onCompleted();
				}))
				.build())
			.build()
			.start();
		closing(() -> server.shutdownNow().awaitTermination(20, TimeUnit.SECONDS));
		ManagedChannel channel = OkHttpChannelBuilder.forAddress("localhost", 1, InsecureChannelCredentials.create())
			.socketFactory(new NamedPipeSocketFactory(pipe))
			.build();
		closing(() -> channel.shutdownNow().awaitTermination(20, TimeUnit.SECONDS));

		String large = "x".repeat(500_000);
		assertThat(ClientCalls.blockingUnaryCall(channel, unary, options(), large)).isEqualTo(large.toUpperCase());
		Iterator<String> replies = ClientCalls.blockingServerStreamingCall(channel, streaming, options(), "1000");
		List<String> received = new ArrayList<>();
		replies.forEachRemaining(received::add);

		assertThat(received).hasSize(1000).endsWith("reply 999");
	}

	private static CallOptions options() {
		return CallOptions.DEFAULT.withDeadlineAfter(SOON.toSeconds(), TimeUnit.SECONDS);
	}

	private static MethodDescriptor<String, String> method(MethodDescriptor.MethodType type, String name) {
		return MethodDescriptor.<String, String>newBuilder()
			.setType(type)
			.setFullMethodName(name)
			.setRequestMarshaller(new TextMarshaller())
			.setResponseMarshaller(new TextMarshaller())
			.build();
	}

	@Test
	void whenHttpServerListensOnPipeThenHttpClientReachesIt() throws Exception {
		String pipe = this.folder.resolve("http").toString();
		CountDownLatch end = new CountDownLatch(1);
		closing(end::countDown);
		HttpServer server = ServerBootstrap.bootstrap()
			.setServerSocketFactory(new NamedPipeServerSocketFactory(pipe))
			.register("/echo",
					(request, response, context) -> response
						.setEntity(new StringEntity(EntityUtils.toString(request.getEntity()))))
			.register("/never", (request, response, context) -> awaitEnd(end))
			.create();
		server.start();
		closing(() -> server.close(CloseMode.IMMEDIATE));

		try (CloseableHttpClient client = httpClient(pipe)) {
			for (int size : new int[] { 1, 1000, 3_000_000 }) {
				HttpPost post = new HttpPost("http://localhost/echo");
				post.setEntity(new StringEntity("x".repeat(size)));
				String answer = client.execute(post, (response) -> EntityUtils.toString(response.getEntity()));
				assertThat(answer).hasSize(size);
			}
			HttpGet hanging = new HttpGet("http://localhost/never");
			hanging.setConfig(RequestConfig.custom().setResponseTimeout(100, TimeUnit.MILLISECONDS).build());
			assertThatExceptionOfType(SocketTimeoutException.class)
				.isThrownBy(() -> client.execute(hanging, (response) -> ""));
		}
	}

	private static void awaitEnd(CountDownLatch end) throws IOException {
		try {
			end.await();
		}
		catch (InterruptedException ex) {
			throw new IOException(ex);
		}
	}

	private static CloseableHttpClient httpClient(String pipe) {
		NamedPipeSocketFactory sockets = new NamedPipeSocketFactory(pipe);
		return HttpClients.custom()
			.setConnectionManager(new PoolingHttpClientConnectionManager(
					new DefaultHttpClientConnectionOperator((proxy) -> sockets.createSocket(), null, null,
							RegistryBuilder.<TlsSocketStrategy>create().build()),
					null, null, TimeValue.NEG_ONE_MILLISECOND, null))
			.build();
	}

	@Test
	@RequiresDocker
	void whenDockerEngineRunsThenHttpClientAsksItsApi() throws Exception {
		try (CloseableHttpClient client = httpClient("/var/run/docker.sock")) {
			String version = client.execute(new HttpGet("http://localhost/version"),
					(response) -> EntityUtils.toString(response.getEntity()));

			assertThat(version).contains("\"ApiVersion\"");
		}
	}

	private static final class TextMarshaller implements MethodDescriptor.Marshaller<String> {

		@Override
		public InputStream stream(String value) {
			return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
		}

		@Override
		public String parse(InputStream stream) {
			try {
				return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
