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

package io.namedpipe.autoconfigure;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;

import io.namedpipe.PipeDirection;
import io.namedpipe.PipeType;
import io.namedpipe.TransmissionMode;
import io.namedpipe.access.AccessRights;
import io.namedpipe.framing.FramingType;
import io.namedpipe.framing.LineTerminator;
import io.namedpipe.integration.ExchangeConnections;
import io.namedpipe.integration.OverflowPolicy;
import io.namedpipe.integration.RestartPolicy;
import io.namedpipe.integration.StandardError;
import io.namedpipe.integration.StartupFailurePolicy;
import io.namedpipe.integration.inbound.FlowErrorPolicy;
import io.namedpipe.integration.outbound.UnknownConnectionPolicy;
import io.namedpipe.integration.outbound.WithoutConnectionPolicy;
import io.namedpipe.transport.ImpersonationLevel;

/**
 * Configuration properties for named pipes: data only. The mappers of this package check
 * them and set them on builders and endpoints. A key that does not exist is an error, as
 * a misspelt limit or access rule would otherwise go unnoticed.
 */
@ConfigurationProperties(prefix = NamedPipeProperties.PREFIX, ignoreUnknownFields = false)
public class NamedPipeProperties {

	static final String PREFIX = "namedpipe";

	/**
	 * Whether pipes are created from the configuration.
	 */
	private boolean enabled = true;

	/**
	 * Whether the application stays up while a server, a client that receives or a child
	 * process runs, as it does with a web server.
	 */
	private boolean keepAlive = true;

	/**
	 * Folder of pipes with a short name on Linux and macOS. Default is the folder that
	 * .NET uses: the environment variable TMPDIR where it is set, else /tmp. Not used on
	 * Windows.
	 */
	private @Nullable Path directory;

	/**
	 * Pipes that this application serves, by logical name.
	 */
	private Map<String, Server> server = new LinkedHashMap<>();

	/**
	 * Pipes of other processes that this application connects to, by logical name.
	 */
	private Map<String, Client> client = new LinkedHashMap<>();

	/**
	 * Child processes that this application talks to through anonymous pipes, by logical
	 * name.
	 */
	private Map<String, Process> process = new LinkedHashMap<>();

	/**
	 * Whether there may be a pipe, which is far cheaper to tell than binding is.
	 * @param environment the environment
	 * @return {@code false} if there is none
	 */
	static boolean mayHavePipes(Environment environment) {
		return mayHave("server", environment) || mayHave("client", environment) || mayHave("process", environment);
	}

	/**
	 * Whether there may be an entry in a section.
	 * @param section the name of the section
	 * @param environment the environment
	 * @return {@code false} if there is none
	 */
	static boolean mayHave(String section, Environment environment) {
		ConfigurationPropertyName prefix = ConfigurationPropertyName.of(PREFIX).append(section);
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source.containsDescendantOf(prefix) != ConfigurationPropertyState.ABSENT) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Binds the properties before there are beans.
	 * @param environment the environment
	 * @return the properties, not checked
	 */
	static NamedPipeProperties from(Environment environment) {
		return Binder.get(environment)
			.bindOrCreate(PREFIX, Bindable.of(NamedPipeProperties.class), new EnumNamesBindHandler());
	}

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public boolean isKeepAlive() {
		return this.keepAlive;
	}

	public void setKeepAlive(boolean keepAlive) {
		this.keepAlive = keepAlive;
	}

	public @Nullable Path getDirectory() {
		return this.directory;
	}

	public void setDirectory(@Nullable Path directory) {
		this.directory = directory;
	}

	public Map<String, Server> getServer() {
		return this.server;
	}

	public void setServer(Map<String, Server> server) {
		this.server = EntryKeys.merge(server);
	}

	public Map<String, Client> getClient() {
		return this.client;
	}

	public void setClient(Map<String, Client> client) {
		this.client = EntryKeys.merge(client);
	}

	public Map<String, Process> getProcess() {
		return this.process;
	}

	public void setProcess(Map<String, Process> process) {
		this.process = EntryKeys.merge(process);
	}

	/**
	 * What every entry has, be it of a pipe or of a process.
	 */
	public abstract static class Entry {

		/**
		 * Whether this entry is created. A disabled one leaves no bean and no thread.
		 */
		private boolean enabled = true;

		/**
		 * Whether this entry is started with the application.
		 */
		private boolean autoStartup = true;

		/**
		 * Whether this entry is part of the application's health.
		 */
		private boolean health = true;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public boolean isAutoStartup() {
			return this.autoStartup;
		}

		public void setAutoStartup(boolean autoStartup) {
			this.autoStartup = autoStartup;
		}

		public boolean isHealth() {
			return this.health;
		}

		public void setHealth(boolean health) {
			this.health = health;
		}

	}

	/**
	 * What the server and the client end of a pipe have in common.
	 */
	public abstract static class Pipe extends Entry {

		/**
		 * Name of the pipe. A short name (for example orders) stands for \\.\pipe\orders
		 * on Windows and for the file CoreFxPipe_orders in namedpipe.directory on Linux
		 * and macOS, where a rooted path is taken as it is. Default is the logical name.
		 */
		private @Nullable String pipeName;

		/**
		 * Kind of pipe: what the platform calls a pipe between processes (Windows: a
		 * named pipe, Linux and macOS: a Unix domain socket), a POSIX FIFO, which carries
		 * bytes one way, or one within this JVM, for tests.
		 */
		private PipeType type = PipeType.NATIVE;

		/**
		 * Direction of the data as the server sees it.
		 */
		private PipeDirection direction = PipeDirection.DUPLEX;

		/**
		 * Whether the pipe carries a stream of bytes, in which framing marks the
		 * messages, or keeps message boundaries itself.
		 */
		private TransmissionMode transmissionMode = TransmissionMode.BYTE;

		/**
		 * Size of the kernel buffer for what is read, in bytes unless a unit is given.
		 * Without effect on Unix sockets, where the writer's out-buffer-size counts.
		 * Default is 64KB on Windows and the kernel's own size on Linux and macOS.
		 */
		private @Nullable DataSize inBufferSize;

		/**
		 * Size of the kernel buffer for what is written, in bytes unless a unit is given.
		 * Default is 64KB on Windows and the kernel's own size on Linux and macOS.
		 */
		private @Nullable DataSize outBufferSize;

		/**
		 * Largest message in either direction, in bytes unless a unit is given. A larger
		 * one closes its connection with an error.
		 */
		private DataSize maxMessageSize = DataSize.ofMegabytes(1);

		/**
		 * Time without traffic after which a connection is closed, in milliseconds unless
		 * a unit is given. Default is never.
		 */
		private @Nullable Duration idleTimeout;

		/**
		 * Time that a write waits for room, in milliseconds unless a unit is given. A
		 * peer that has not read enough for it by then is disconnected.
		 */
		private Duration writeTimeout = Duration.ofSeconds(30);

		/**
		 * Longest time that a stop waits for flows in progress and queued messages, in
		 * milliseconds unless a unit is given.
		 */
		private Duration drainTimeout = Duration.ofSeconds(10);

		/**
		 * How messages are marked in the stream of bytes. Byte mode only. Default is a
		 * length header of four bytes, big-endian.
		 */
		private @Nullable Framing framing;

		/**
		 * Frames before the first message, in order: what the peer has to send (expect)
		 * and what is sent to it (send). A peer that sends something else, or nothing in
		 * time, is turned away.
		 */
		private List<HandshakeStep> handshake = new ArrayList<>();

		/**
		 * What flows get as payload.
		 */
		private final Payload payload = new Payload();

		/**
		 * One-way messages from the pipe to a channel.
		 */
		private @Nullable Inbound inbound;

		/**
		 * One-way messages from a channel to the pipe.
		 */
		private @Nullable Outbound outbound;

		public @Nullable String getPipeName() {
			return this.pipeName;
		}

		public void setPipeName(@Nullable String pipeName) {
			this.pipeName = pipeName;
		}

		public PipeType getType() {
			return this.type;
		}

		public void setType(PipeType type) {
			this.type = type;
		}

		public PipeDirection getDirection() {
			return this.direction;
		}

		public void setDirection(PipeDirection direction) {
			this.direction = direction;
		}

		public TransmissionMode getTransmissionMode() {
			return this.transmissionMode;
		}

		public void setTransmissionMode(TransmissionMode transmissionMode) {
			this.transmissionMode = transmissionMode;
		}

		public @Nullable DataSize getInBufferSize() {
			return this.inBufferSize;
		}

		public void setInBufferSize(@Nullable DataSize inBufferSize) {
			this.inBufferSize = inBufferSize;
		}

		public @Nullable DataSize getOutBufferSize() {
			return this.outBufferSize;
		}

		public void setOutBufferSize(@Nullable DataSize outBufferSize) {
			this.outBufferSize = outBufferSize;
		}

		public DataSize getMaxMessageSize() {
			return this.maxMessageSize;
		}

		public void setMaxMessageSize(DataSize maxMessageSize) {
			this.maxMessageSize = maxMessageSize;
		}

		public @Nullable Duration getIdleTimeout() {
			return this.idleTimeout;
		}

		public void setIdleTimeout(@Nullable Duration idleTimeout) {
			this.idleTimeout = idleTimeout;
		}

		public Duration getWriteTimeout() {
			return this.writeTimeout;
		}

		public void setWriteTimeout(Duration writeTimeout) {
			this.writeTimeout = writeTimeout;
		}

		public Duration getDrainTimeout() {
			return this.drainTimeout;
		}

		public void setDrainTimeout(Duration drainTimeout) {
			this.drainTimeout = drainTimeout;
		}

		public List<HandshakeStep> getHandshake() {
			return this.handshake;
		}

		public void setHandshake(List<HandshakeStep> handshake) {
			this.handshake = handshake;
		}

		public @Nullable Framing getFraming() {
			return this.framing;
		}

		public void setFraming(@Nullable Framing framing) {
			this.framing = framing;
		}

		public Payload getPayload() {
			return this.payload;
		}

		public @Nullable Inbound getInbound() {
			return this.inbound;
		}

		public void setInbound(@Nullable Inbound inbound) {
			this.inbound = inbound;
		}

		public @Nullable Outbound getOutbound() {
			return this.outbound;
		}

		public void setOutbound(@Nullable Outbound outbound) {
			this.outbound = outbound;
		}

	}

	/**
	 * A pipe that this application serves.
	 */
	public static class Server extends Pipe {

		/**
		 * Number of clients connected at the same time; -1 for no limit. Further clients
		 * wait.
		 */
		private int maxInstances = -1;

		/**
		 * Windows: number of instances kept waiting for a client, so that clients do not
		 * find the pipe busy.
		 */
		private int pendingInstances = 4;

		/**
		 * Linux and macOS: number of clients that may wait for being accepted.
		 */
		private int backlog = 128;

		/**
		 * Number of clients of one user connected at the same time. Default is no limit.
		 */
		private @Nullable Integer maxConnectionsPerUser;

		/**
		 * Time that a new client has for its first complete message or for the handshake,
		 * in milliseconds unless a unit is given. Default is 10s for a handshake that
		 * expects something, otherwise no limit.
		 */
		private @Nullable Duration handshakeTimeout;

		/**
		 * Windows: whether clients from the network are refused.
		 */
		private boolean rejectRemoteClients = true;

		/**
		 * Who may connect. Default is the user that runs the application.
		 */
		private final Access access = new Access();

		/**
		 * Requests from the pipe to a channel, whose replies go back on the same
		 * connection.
		 */
		private @Nullable ServerGateway gateway;

		public int getMaxInstances() {
			return this.maxInstances;
		}

		public void setMaxInstances(int maxInstances) {
			this.maxInstances = maxInstances;
		}

		public int getPendingInstances() {
			return this.pendingInstances;
		}

		public void setPendingInstances(int pendingInstances) {
			this.pendingInstances = pendingInstances;
		}

		public int getBacklog() {
			return this.backlog;
		}

		public void setBacklog(int backlog) {
			this.backlog = backlog;
		}

		public @Nullable Integer getMaxConnectionsPerUser() {
			return this.maxConnectionsPerUser;
		}

		public void setMaxConnectionsPerUser(@Nullable Integer maxConnectionsPerUser) {
			this.maxConnectionsPerUser = maxConnectionsPerUser;
		}

		public @Nullable Duration getHandshakeTimeout() {
			return this.handshakeTimeout;
		}

		public void setHandshakeTimeout(@Nullable Duration handshakeTimeout) {
			this.handshakeTimeout = handshakeTimeout;
		}

		public boolean isRejectRemoteClients() {
			return this.rejectRemoteClients;
		}

		public void setRejectRemoteClients(boolean rejectRemoteClients) {
			this.rejectRemoteClients = rejectRemoteClients;
		}

		public Access getAccess() {
			return this.access;
		}

		public @Nullable ServerGateway getGateway() {
			return this.gateway;
		}

		public void setGateway(@Nullable ServerGateway gateway) {
			this.gateway = gateway;
		}

	}

	/**
	 * A pipe of another process that this application connects to.
	 */
	public static class Client extends Pipe {

		/**
		 * Name of the machine that serves the pipe; "." is this one. Another one is
		 * possible on Windows only.
		 */
		private String serverName = ".";

		/**
		 * Time that one attempt to connect may take, in milliseconds unless a unit is
		 * given.
		 */
		private Duration connectTimeout = Duration.ofSeconds(5);

		/**
		 * Whether a missing pipe is waited for within the connect timeout. If not, an
		 * attempt fails at once.
		 */
		private boolean waitForServer = true;

		/**
		 * What happens when the server is not there at start.
		 */
		private StartupFailurePolicy startupFailure = StartupFailurePolicy.RETRY;

		/**
		 * Delays between attempts to connect.
		 */
		private final Reconnect reconnect = new Reconnect();

		/**
		 * Requests from a channel to the pipe, each of which waits for its reply.
		 */
		private @Nullable ClientGateway gateway;

		/**
		 * User name or id (uid, SID) that must own the server end; current-user stands
		 * for our own. Default is to trust any.
		 */
		private @Nullable String verifyServerUser;

		/**
		 * Windows: what the server may do with our identity.
		 */
		private ImpersonationLevel impersonationLevel = ImpersonationLevel.IDENTIFICATION;

		/**
		 * Handle of an anonymous pipe as the parent process passed it, instead of a pipe
		 * name.
		 */
		private @Nullable String handle;

		/**
		 * Whether this entry is a bean that makes sockets, for libraries that want one,
		 * instead of a client for endpoints.
		 */
		private boolean socketFactory = false;

		public String getServerName() {
			return this.serverName;
		}

		public void setServerName(String serverName) {
			this.serverName = serverName;
		}

		public Duration getConnectTimeout() {
			return this.connectTimeout;
		}

		public void setConnectTimeout(Duration connectTimeout) {
			this.connectTimeout = connectTimeout;
		}

		public boolean isWaitForServer() {
			return this.waitForServer;
		}

		public void setWaitForServer(boolean waitForServer) {
			this.waitForServer = waitForServer;
		}

		public StartupFailurePolicy getStartupFailure() {
			return this.startupFailure;
		}

		public void setStartupFailure(StartupFailurePolicy startupFailure) {
			this.startupFailure = startupFailure;
		}

		public Reconnect getReconnect() {
			return this.reconnect;
		}

		public @Nullable ClientGateway getGateway() {
			return this.gateway;
		}

		public void setGateway(@Nullable ClientGateway gateway) {
			this.gateway = gateway;
		}

		public @Nullable String getVerifyServerUser() {
			return this.verifyServerUser;
		}

		public void setVerifyServerUser(@Nullable String verifyServerUser) {
			this.verifyServerUser = verifyServerUser;
		}

		public ImpersonationLevel getImpersonationLevel() {
			return this.impersonationLevel;
		}

		public void setImpersonationLevel(ImpersonationLevel impersonationLevel) {
			this.impersonationLevel = impersonationLevel;
		}

		public @Nullable String getHandle() {
			return this.handle;
		}

		public void setHandle(@Nullable String handle) {
			this.handle = handle;
		}

		public boolean isSocketFactory() {
			return this.socketFactory;
		}

		public void setSocketFactory(boolean socketFactory) {
			this.socketFactory = socketFactory;
		}

	}

	/**
	 * A child process that this application starts and talks to through anonymous pipes.
	 */
	public static class Process extends Entry {

		/**
		 * Command line. The arguments {in} and {out} are replaced by the handles that the
		 * child reads from and writes to; without them its standard input and output are
		 * used.
		 */
		private List<String> command = new ArrayList<>();

		/**
		 * Working directory of the process. Default is the application's own.
		 */
		private @Nullable Path workingDirectory;

		/**
		 * Environment variables that are added to the application's own.
		 */
		private Map<String, String> environment = new LinkedHashMap<>();

		/**
		 * Bound of a stop of the process, in milliseconds unless a unit is given. It is
		 * asked to end once half of that is over, and killed shortly before the end.
		 */
		private Duration stopTimeout = Duration.ofSeconds(10);

		/**
		 * Largest message in either direction, in bytes unless a unit is given. A larger
		 * one closes the pipes of the process with an error.
		 */
		private DataSize maxMessageSize = DataSize.ofMegabytes(1);

		/**
		 * Pipes between the application and the process.
		 */
		private Streams streams = Streams.PIPES;

		/**
		 * What becomes of what the process prints on its standard error.
		 */
		private StandardError standardError = StandardError.LOG;

		/**
		 * Restarts of a process that has ended by itself.
		 */
		private final Restart restart = new Restart();

		/**
		 * Frames before the first message.
		 */
		private List<HandshakeStep> handshake = new ArrayList<>();

		/**
		 * Time that the process has from its start to the end of the handshake, in
		 * milliseconds unless a unit is given.
		 */
		private Duration handshakeTimeout = Duration.ofSeconds(30);

		/**
		 * Requests from a channel to the process, which answers each.
		 */
		private @Nullable ProcessGateway gateway;

		/**
		 * Time that a write waits for room, in milliseconds unless a unit is given. A
		 * process that has not read enough for it by then is stopped.
		 */
		private Duration writeTimeout = Duration.ofSeconds(30);

		/**
		 * Messages from a channel to the process.
		 */
		private @Nullable ToChild toChild;

		/**
		 * Messages from the process to a channel.
		 */
		private @Nullable FromChild fromChild;

		public List<String> getCommand() {
			return this.command;
		}

		public void setCommand(List<String> command) {
			this.command = command;
		}

		public @Nullable Path getWorkingDirectory() {
			return this.workingDirectory;
		}

		public void setWorkingDirectory(@Nullable Path workingDirectory) {
			this.workingDirectory = workingDirectory;
		}

		public Map<String, String> getEnvironment() {
			return this.environment;
		}

		public void setEnvironment(Map<String, String> environment) {
			this.environment = environment;
		}

		public Duration getStopTimeout() {
			return this.stopTimeout;
		}

		public void setStopTimeout(Duration stopTimeout) {
			this.stopTimeout = stopTimeout;
		}

		public DataSize getMaxMessageSize() {
			return this.maxMessageSize;
		}

		public void setMaxMessageSize(DataSize maxMessageSize) {
			this.maxMessageSize = maxMessageSize;
		}

		public Duration getWriteTimeout() {
			return this.writeTimeout;
		}

		public void setWriteTimeout(Duration writeTimeout) {
			this.writeTimeout = writeTimeout;
		}

		public Streams getStreams() {
			return this.streams;
		}

		public void setStreams(Streams streams) {
			this.streams = streams;
		}

		public StandardError getStandardError() {
			return this.standardError;
		}

		public void setStandardError(StandardError standardError) {
			this.standardError = standardError;
		}

		public Restart getRestart() {
			return this.restart;
		}

		public List<HandshakeStep> getHandshake() {
			return this.handshake;
		}

		public void setHandshake(List<HandshakeStep> handshake) {
			this.handshake = handshake;
		}

		public Duration getHandshakeTimeout() {
			return this.handshakeTimeout;
		}

		public void setHandshakeTimeout(Duration handshakeTimeout) {
			this.handshakeTimeout = handshakeTimeout;
		}

		public @Nullable ProcessGateway getGateway() {
			return this.gateway;
		}

		public void setGateway(@Nullable ProcessGateway gateway) {
			this.gateway = gateway;
		}

		public @Nullable ToChild getToChild() {
			return this.toChild;
		}

		public void setToChild(@Nullable ToChild toChild) {
			this.toChild = toChild;
		}

		public @Nullable FromChild getFromChild() {
			return this.fromChild;
		}

		public void setFromChild(@Nullable FromChild fromChild) {
			this.fromChild = fromChild;
		}

	}

	/**
	 * Restarts of a child process.
	 */
	public static class Restart {

		/**
		 * Ends of the process that are followed by a restart.
		 */
		private RestartPolicy.When policy = RestartPolicy.When.NEVER;

		/**
		 * Wait before the first restart, in milliseconds unless a unit is given.
		 */
		private Duration delay = Duration.ofMillis(200);

		/**
		 * Factor by which the wait grows from one restart to the next.
		 */
		private double multiplier = 2;

		/**
		 * Longest wait, in milliseconds unless a unit is given. A process that has run
		 * for that long begins with the first wait again.
		 */
		private Duration maxDelay = Duration.ofSeconds(30);

		/**
		 * Number of restarts in a row. -1 for no limit.
		 */
		private int maxAttempts = -1;

		public RestartPolicy.When getPolicy() {
			return this.policy;
		}

		public void setPolicy(RestartPolicy.When policy) {
			this.policy = policy;
		}

		public Duration getDelay() {
			return this.delay;
		}

		public void setDelay(Duration delay) {
			this.delay = delay;
		}

		public double getMultiplier() {
			return this.multiplier;
		}

		public void setMultiplier(double multiplier) {
			this.multiplier = multiplier;
		}

		public Duration getMaxDelay() {
			return this.maxDelay;
		}

		public void setMaxDelay(Duration maxDelay) {
			this.maxDelay = maxDelay;
		}

		public int getMaxAttempts() {
			return this.maxAttempts;
		}

		public void setMaxAttempts(int maxAttempts) {
			this.maxAttempts = maxAttempts;
		}

	}

	/**
	 * Requests from a channel to a child process, which answers each.
	 */
	public static class ProcessGateway {

		/**
		 * Name of the channel that the requests come from.
		 */
		private @Nullable String channel;

		/**
		 * Time until the reply is there, a wait for other requests and for a restart
		 * included, in milliseconds unless a unit is given.
		 */
		private Duration replyTimeout = Duration.ofSeconds(30);

		/**
		 * What happens to a process that gives no reply in time.
		 */
		private OnTimeout onTimeout = OnTimeout.ERROR;

		public @Nullable String getChannel() {
			return this.channel;
		}

		public void setChannel(@Nullable String channel) {
			this.channel = channel;
		}

		public Duration getReplyTimeout() {
			return this.replyTimeout;
		}

		public void setReplyTimeout(Duration replyTimeout) {
			this.replyTimeout = replyTimeout;
		}

		public OnTimeout getOnTimeout() {
			return this.onTimeout;
		}

		public void setOnTimeout(OnTimeout onTimeout) {
			this.onTimeout = onTimeout;
		}

	}

	/**
	 * Who may connect to a pipe.
	 */
	public static class Access {

		/**
		 * Whether only the user that runs the application and the administrator of the
		 * machine (root, SYSTEM) may connect. Default is true unless other rules are
		 * given; true excludes them.
		 */
		private @Nullable Boolean currentUserOnly;

		/**
		 * Principals that may connect, and what they may do.
		 */
		private List<Rule> allow = new ArrayList<>();

		/**
		 * Principals that may not connect, or not do something. Evaluated before the
		 * allowed ones.
		 */
		private List<Rule> deny = new ArrayList<>();

		/**
		 * Security descriptor in SDDL, instead of allow and deny.
		 */
		private @Nullable String sddl;

		public @Nullable Boolean getCurrentUserOnly() {
			return this.currentUserOnly;
		}

		public void setCurrentUserOnly(@Nullable Boolean currentUserOnly) {
			this.currentUserOnly = currentUserOnly;
		}

		public List<Rule> getAllow() {
			return this.allow;
		}

		public void setAllow(List<Rule> allow) {
			this.allow = allow;
		}

		public List<Rule> getDeny() {
			return this.deny;
		}

		public void setDeny(List<Rule> deny) {
			this.deny = deny;
		}

		public @Nullable String getSddl() {
			return this.sddl;
		}

		public void setSddl(@Nullable String sddl) {
			this.sddl = sddl;

		}

	}

	/**
	 * A principal and its rights.
	 */
	public static class Rule {

		/**
		 * Well-known name (for example Authenticated Users), user, group:NAME,
		 * DOMAIN\account or SID.
		 */
		private @Nullable String principal;

		/**
		 * Rights that are allowed or denied.
		 */
		private Rights rights = Rights.READ_WRITE;

		public @Nullable String getPrincipal() {
			return this.principal;
		}

		public void setPrincipal(@Nullable String principal) {
			this.principal = principal;
		}

		public Rights getRights() {
			return this.rights;
		}

		public void setRights(Rights rights) {
			this.rights = rights;
		}

	}

	/**
	 * A frame before the first message.
	 */
	public static class HandshakeStep {

		/**
		 * Pattern that the next frame of the peer has to match: a glob (* and ?) for all
		 * of it, or a regular expression between slashes.
		 */
		private @Nullable String expect;

		/**
		 * Text of a frame that is sent to the peer.
		 */
		private @Nullable String send;

		public @Nullable String getExpect() {
			return this.expect;
		}

		public void setExpect(@Nullable String expect) {
			this.expect = expect;
		}

		public @Nullable String getSend() {
			return this.send;
		}

		public void setSend(@Nullable String send) {
			this.send = send;
		}

	}

	/**
	 * How messages are marked in a stream of bytes.
	 */
	public static class Framing extends WrittenFraming {

		/**
		 * What is read, where its framing is not that of what is written.
		 */
		private @Nullable OneWayFraming in;

		/**
		 * What is written, where its framing is not that of what is read.
		 */
		private @Nullable WrittenFraming out;

		public @Nullable OneWayFraming getIn() {
			return this.in;
		}

		public void setIn(@Nullable OneWayFraming in) {
			this.in = in;
		}

		public @Nullable WrittenFraming getOut() {
			return this.out;
		}

		public void setOut(@Nullable WrittenFraming out) {
			this.out = out;
		}

	}

	/**
	 * How messages are marked that are written.
	 */
	public static class WrittenFraming extends OneWayFraming {

		/**
		 * Settings of lines.
		 */
		private final Line line = new Line();

		public Line getLine() {
			return this.line;
		}

	}

	/**
	 * How messages are marked in one direction.
	 */
	public static class OneWayFraming {

		/**
		 * Kind of framing. Default is length-header, for child processes line.
		 */
		private @Nullable FramingType type;

		/**
		 * Settings of the length header.
		 */
		private final Length length = new Length();

		/**
		 * Delimiter that ends a message. Framing of type delimiter only: bytes in
		 * hexadecimal digits (for example "0x0d0a", in quotes in YAML) or the characters
		 * themselves.
		 */
		private @Nullable String delimiter;

		/**
		 * Name of the bean that reads and writes messages, for framing of type custom: a
		 * FrameCodec, or a Serializer that is a Deserializer as well.
		 */
		private @Nullable String codec;

		public @Nullable FramingType getType() {
			return this.type;
		}

		public void setType(@Nullable FramingType type) {
			this.type = type;
		}

		public Length getLength() {
			return this.length;
		}

		public @Nullable String getDelimiter() {
			return this.delimiter;
		}

		public void setDelimiter(@Nullable String delimiter) {
			this.delimiter = delimiter;
		}

		public @Nullable String getCodec() {
			return this.codec;
		}

		public void setCodec(@Nullable String codec) {
			this.codec = codec;
		}

	}

	/**
	 * A length header in front of each message.
	 */
	public static class Length {

		/**
		 * Size of the length in bytes: 1, 2, 3, 4 or 8.
		 */
		private int bytes = 4;

		/**
		 * Byte order of the length.
		 */
		private ByteOrder byteOrder = ByteOrder.BIG_ENDIAN;

		/**
		 * Number of bytes before the length.
		 */
		private int offset;

		/**
		 * What is added to the length to get the number of bytes that follow it. Negative
		 * where the length counts itself.
		 */
		private int adjustment;

		/**
		 * Number of bytes at the start of a frame that are no part of the payload. Those
		 * of them that are not the length become the header namedPipe_framePrefix.
		 * Default is through the length.
		 */
		private @Nullable Integer strip;

		/**
		 * The bytes that precede the payload of what is written, without the length, as
		 * hexadecimal digits. Used where a message has no header namedPipe_framePrefix.
		 */
		private @Nullable String prefix;

		public int getBytes() {
			return this.bytes;
		}

		public void setBytes(int bytes) {
			this.bytes = bytes;
		}

		public ByteOrder getByteOrder() {
			return this.byteOrder;
		}

		public void setByteOrder(ByteOrder byteOrder) {
			this.byteOrder = byteOrder;
		}

		public int getOffset() {
			return this.offset;
		}

		public void setOffset(int offset) {
			this.offset = offset;
		}

		public int getAdjustment() {
			return this.adjustment;
		}

		public void setAdjustment(int adjustment) {
			this.adjustment = adjustment;
		}

		public @Nullable Integer getStrip() {
			return this.strip;
		}

		public void setStrip(@Nullable Integer strip) {
			this.strip = strip;
		}

		public @Nullable String getPrefix() {
			return this.prefix;
		}

		public void setPrefix(@Nullable String prefix) {
			this.prefix = prefix;
		}

	}

	/**
	 * Messages that are lines of text.
	 */
	public static class Line {

		/**
		 * What ends a line that is written. Both are accepted when reading.
		 */
		private LineTerminator terminator = LineTerminator.LF;

		public LineTerminator getTerminator() {
			return this.terminator;
		}

		public void setTerminator(LineTerminator terminator) {
			this.terminator = terminator;
		}

	}

	/**
	 * What flows get as payload. Bytes, text and trees of JSON are all accepted for
	 * sending.
	 */
	public static class Payload {

		/**
		 * Type of the payload of received messages.
		 */
		private PayloadType type = PayloadType.BYTES;

		/**
		 * Charset of text. JSON is in UTF-8.
		 */
		private Charset charset = StandardCharsets.UTF_8;

		/**
		 * Full name of the class that received JSON becomes, with type arguments in angle
		 * brackets where it is generic. Default is tools.jackson.databind.JsonNode.
		 */
		private @Nullable String targetType;

		/**
		 * What happens when a received message is no text in the charset, or no JSON of
		 * the target type.
		 */
		private OnMalformed onMalformed = OnMalformed.REPORT;

		public PayloadType getType() {
			return this.type;
		}

		public void setType(PayloadType type) {
			this.type = type;
		}

		public Charset getCharset() {
			return this.charset;
		}

		public void setCharset(Charset charset) {
			this.charset = charset;
		}

		public @Nullable String getTargetType() {
			return this.targetType;
		}

		public void setTargetType(@Nullable String targetType) {
			this.targetType = targetType;
		}

		public OnMalformed getOnMalformed() {
			return this.onMalformed;
		}

		public void setOnMalformed(OnMalformed onMalformed) {
			this.onMalformed = onMalformed;
		}

	}

	/**
	 * One-way messages from the pipe to a channel.
	 */
	public static class Inbound {

		/**
		 * Name of the channel that gets the messages. A DirectChannel is created where no
		 * bean of that name exists.
		 */
		private @Nullable String channel;

		/**
		 * Name of the channel that gets the exceptions of the flow. Default is to log
		 * them.
		 */
		private @Nullable String errorChannel;

		/**
		 * What happens to the connection when the flow throws.
		 */
		private FlowErrorPolicy onError = FlowErrorPolicy.CONTINUE;

		public @Nullable String getChannel() {
			return this.channel;
		}

		public void setChannel(@Nullable String channel) {
			this.channel = channel;
		}

		public @Nullable String getErrorChannel() {
			return this.errorChannel;
		}

		public void setErrorChannel(@Nullable String errorChannel) {
			this.errorChannel = errorChannel;
		}

		public FlowErrorPolicy getOnError() {
			return this.onError;
		}

		public void setOnError(FlowErrorPolicy onError) {
			this.onError = onError;
		}

	}

	/**
	 * One-way messages from a channel to the pipe.
	 */
	public static class Outbound {

		/**
		 * Name of the channel whose messages are written: to the connection named in the
		 * header namedPipe_connectionId, else as without-connection says. A DirectChannel
		 * is created where no bean of that name exists.
		 */
		private @Nullable String channel;

		/**
		 * Number of messages that may wait for each connection.
		 */
		private int queueCapacity = 1024;

		/**
		 * What happens when the queue of a connection is full. Default is disconnect on
		 * servers and block on clients.
		 */
		private @Nullable OverflowPolicy overflow;

		/**
		 * What happens to a message without the header namedPipe_connectionId. Default is
		 * error on servers with an inbound or gateway section, and broadcast elsewhere.
		 */
		private @Nullable WithoutConnectionPolicy withoutConnection;

		/**
		 * What happens to a message whose connection is gone.
		 */
		private UnknownConnectionPolicy unknownConnection = UnknownConnectionPolicy.ERROR;

		public @Nullable String getChannel() {
			return this.channel;
		}

		public void setChannel(@Nullable String channel) {
			this.channel = channel;
		}

		public int getQueueCapacity() {
			return this.queueCapacity;
		}

		public void setQueueCapacity(int queueCapacity) {
			this.queueCapacity = queueCapacity;
		}

		public @Nullable OverflowPolicy getOverflow() {
			return this.overflow;
		}

		public void setOverflow(@Nullable OverflowPolicy overflow) {
			this.overflow = overflow;
		}

		public @Nullable WithoutConnectionPolicy getWithoutConnection() {
			return this.withoutConnection;
		}

		public void setWithoutConnection(@Nullable WithoutConnectionPolicy withoutConnection) {
			this.withoutConnection = withoutConnection;
		}

		public UnknownConnectionPolicy getUnknownConnection() {
			return this.unknownConnection;
		}

		public void setUnknownConnection(UnknownConnectionPolicy unknownConnection) {
			this.unknownConnection = unknownConnection;
		}

	}

	/**
	 * Requests from the pipe to a channel, whose replies go back on the same connection.
	 */
	public static class ServerGateway {

		/**
		 * Name of the channel that gets the requests. A DirectChannel is created where no
		 * bean of that name exists.
		 */
		private @Nullable String channel;

		/**
		 * Name of the channel that gets the exceptions of the flow, and whose reply, if
		 * any, is sent. Default is to log them and close the connection.
		 */
		private @Nullable String errorChannel;

		/**
		 * Time that the flow has for its reply, in milliseconds unless a unit is given.
		 * Without a reply the connection is closed.
		 */
		private Duration replyTimeout = Duration.ofSeconds(30);

		/**
		 * Whether the flow runs as the user of the client.
		 */
		private boolean impersonateClient = false;

		/**
		 * Requests of a connection that may wait for their replies at the same time. With
		 * more than one the next is read while flows that answer later go on.
		 */
		private int maxInFlight = 1;

		/**
		 * Whether replies go out in the order of their requests, with more than one in
		 * flight, and not as they come.
		 */
		private boolean ordered = true;

		public @Nullable String getChannel() {
			return this.channel;
		}

		public void setChannel(@Nullable String channel) {
			this.channel = channel;
		}

		public @Nullable String getErrorChannel() {
			return this.errorChannel;
		}

		public void setErrorChannel(@Nullable String errorChannel) {
			this.errorChannel = errorChannel;
		}

		public Duration getReplyTimeout() {
			return this.replyTimeout;
		}

		public void setReplyTimeout(Duration replyTimeout) {
			this.replyTimeout = replyTimeout;
		}

		public int getMaxInFlight() {
			return this.maxInFlight;
		}

		public void setMaxInFlight(int maxInFlight) {
			this.maxInFlight = maxInFlight;
		}

		public boolean isOrdered() {
			return this.ordered;
		}

		public void setOrdered(boolean ordered) {
			this.ordered = ordered;
		}

		public boolean isImpersonateClient() {
			return this.impersonateClient;
		}

		public void setImpersonateClient(boolean impersonateClient) {
			this.impersonateClient = impersonateClient;
		}

	}

	/**
	 * Requests from a channel to the pipe, each of which waits for its reply.
	 */
	public static class ClientGateway {

		/**
		 * Name of the channel that takes the requests. A DirectChannel is created where
		 * no bean of that name exists.
		 */
		private @Nullable String channel;

		/**
		 * Time to wait for a reply, in milliseconds unless a unit is given.
		 */
		private Duration replyTimeout = Duration.ofSeconds(30);

		/**
		 * Number of exchanges at the same time, each on a connection of its own.
		 */
		private int maxConnections = 4;

		/**
		 * Whether the connection of an exchange is kept for the next one.
		 */
		private ExchangeConnections connections = ExchangeConnections.POOLED;

		public @Nullable String getChannel() {
			return this.channel;
		}

		public void setChannel(@Nullable String channel) {
			this.channel = channel;
		}

		public Duration getReplyTimeout() {
			return this.replyTimeout;
		}

		public void setReplyTimeout(Duration replyTimeout) {
			this.replyTimeout = replyTimeout;
		}

		public int getMaxConnections() {
			return this.maxConnections;
		}

		public void setMaxConnections(int maxConnections) {
			this.maxConnections = maxConnections;
		}

		public ExchangeConnections getConnections() {
			return this.connections;
		}

		public void setConnections(ExchangeConnections connections) {
			this.connections = connections;
		}

	}

	/**
	 * Delays between attempts to connect.
	 */
	public static class Reconnect {

		/**
		 * Delay before the second attempt, in milliseconds unless a unit is given.
		 */
		private Duration delay = Duration.ofMillis(100);

		/**
		 * Factor by which the delay grows with each attempt.
		 */
		private double multiplier = 2;

		/**
		 * Largest delay, in milliseconds unless a unit is given.
		 */
		private Duration maxDelay = Duration.ofSeconds(5);

		/**
		 * Largest random time that is added to a delay, also to the largest one, in
		 * milliseconds unless a unit is given.
		 */
		private Duration jitter = Duration.ofMillis(50);

		public Duration getDelay() {
			return this.delay;
		}

		public void setDelay(Duration delay) {
			this.delay = delay;
		}

		public double getMultiplier() {
			return this.multiplier;
		}

		public void setMultiplier(double multiplier) {
			this.multiplier = multiplier;
		}

		public Duration getMaxDelay() {
			return this.maxDelay;
		}

		public void setMaxDelay(Duration maxDelay) {
			this.maxDelay = maxDelay;
		}

		public Duration getJitter() {
			return this.jitter;
		}

		public void setJitter(Duration jitter) {
			this.jitter = jitter;
		}

	}

	/**
	 * Messages to or from a child process.
	 */
	public abstract static class ProcessChannel {

		/**
		 * Name of the channel. A DirectChannel is created where no bean of that name
		 * exists.
		 */
		private @Nullable String channel;

		public @Nullable String getChannel() {
			return this.channel;
		}

		public void setChannel(@Nullable String channel) {
			this.channel = channel;
		}

	}

	/**
	 * Messages from a channel to a child process.
	 */
	public static class ToChild extends ProcessChannel {

		/**
		 * How messages are marked in the stream of bytes. Default is lines.
		 */
		private @Nullable WrittenFraming framing;

		/**
		 * What is made of text.
		 */
		private final SentPayload payload = new SentPayload();

		/**
		 * Number of messages that may wait for the process.
		 */
		private int queueCapacity = 1024;

		/**
		 * What happens when so many wait.
		 */
		private OverflowPolicy overflow = OverflowPolicy.BLOCK;

		public @Nullable WrittenFraming getFraming() {
			return this.framing;
		}

		public void setFraming(@Nullable WrittenFraming framing) {
			this.framing = framing;
		}

		public SentPayload getPayload() {
			return this.payload;
		}

		public int getQueueCapacity() {
			return this.queueCapacity;
		}

		public void setQueueCapacity(int queueCapacity) {
			this.queueCapacity = queueCapacity;
		}

		public OverflowPolicy getOverflow() {
			return this.overflow;
		}

		public void setOverflow(OverflowPolicy overflow) {
			this.overflow = overflow;
		}

	}

	/**
	 * Messages from a child process to a channel.
	 */
	public static class FromChild extends ProcessChannel {

		/**
		 * How messages are marked in the stream of bytes. Default is lines.
		 */
		private @Nullable OneWayFraming framing;

		/**
		 * What flows get as payload.
		 */
		private final Payload payload = new Payload();

		public @Nullable OneWayFraming getFraming() {
			return this.framing;
		}

		public void setFraming(@Nullable OneWayFraming framing) {
			this.framing = framing;
		}

		public Payload getPayload() {
			return this.payload;
		}

	}

	/**
	 * What becomes of payloads that are sent.
	 */
	public static class SentPayload {

		/**
		 * Type of payloads that are sent besides bytes and text, which are both accepted
		 * always: any object with json.
		 */
		private PayloadType type = PayloadType.BYTES;

		/**
		 * Charset of text.
		 */
		private Charset charset = StandardCharsets.UTF_8;

		public PayloadType getType() {
			return this.type;
		}

		public void setType(PayloadType type) {
			this.type = type;
		}

		public Charset getCharset() {
			return this.charset;
		}

		public void setCharset(Charset charset) {
			this.charset = charset;
		}

	}

	/**
	 * What a principal may do, as the principal sees it.
	 */
	public enum Rights {

		/**
		 * Read what the server writes.
		 */
		READ(AccessRights.READ),

		/**
		 * Write to the server.
		 */
		WRITE(AccessRights.WRITE),

		/**
		 * Read and write.
		 */
		READ_WRITE(AccessRights.READ_WRITE),

		/**
		 * Read, write and, on Windows, change the pipe's rules.
		 */
		FULL_CONTROL(AccessRights.FULL_CONTROL);

		private final AccessRights accessRights;

		Rights(AccessRights accessRights) {
			this.accessRights = accessRights;
		}

		AccessRights toAccessRights() {
			return this.accessRights;
		}

	}

	/**
	 * Byte orders of a length header.
	 */
	public enum ByteOrder {

		/**
		 * Most significant byte first (network order).
		 */
		BIG_ENDIAN(java.nio.ByteOrder.BIG_ENDIAN),

		/**
		 * Least significant byte first.
		 */
		LITTLE_ENDIAN(java.nio.ByteOrder.LITTLE_ENDIAN),

		/**
		 * That of this machine.
		 */
		NATIVE(java.nio.ByteOrder.nativeOrder());

		private final java.nio.ByteOrder order;

		ByteOrder(java.nio.ByteOrder order) {
			this.order = order;
		}

		java.nio.ByteOrder order() {
			return this.order;
		}

	}

	/**
	 * Types of the payload of received messages.
	 */
	public enum PayloadType {

		/**
		 * A byte array.
		 */
		BYTES,

		/**
		 * A string.
		 */
		TEXT,

		/**
		 * An object that is JSON on the pipe.
		 */
		JSON

	}

	/**
	 * What happens when a received message is not what payloads are.
	 */
	public enum OnMalformed {

		/**
		 * It is an error. What is no text closes the connection; what is no JSON goes to
		 * the error channel, or is answered by a gateway, and the connection goes on.
		 */
		REPORT,

		/**
		 * What is no JSON closes the connection.
		 */
		CLOSE,

		/**
		 * What is no text becomes replacement characters (U+FFFD).
		 */
		REPLACE

	}

	/**
	 * Pipes between the application and a child process.
	 */
	public enum Streams {

		/**
		 * Anonymous pipes, whose handles the command names.
		 */
		PIPES,

		/**
		 * The standard input and output of the process.
		 */
		STDIO

	}

	/**
	 * What happens to a process that gives no reply in time.
	 */
	public enum OnTimeout {

		/**
		 * The reply is dropped when it comes, before the next request is sent. A process
		 * that does not give it in as much time again is killed and started again.
		 */
		ERROR,

		/**
		 * It is killed and started again.
		 */
		RESTART

	}

}
