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

import java.net.InetAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.net.StandardSocketOptions;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The options of a socket. But for the time-out, which a pipe has as well, they are about
 * TCP: what is set is given back, and changes nothing.
 */
final class SocketValues {

	private static final int BUFFER_SIZE = 65536;

	private static final Map<Integer, Object> DEFAULTS = Map.of(SocketOptions.SO_TIMEOUT, 0, SocketOptions.TCP_NODELAY,
			true, SocketOptions.SO_LINGER, false, SocketOptions.SO_SNDBUF, BUFFER_SIZE, SocketOptions.SO_RCVBUF,
			BUFFER_SIZE, SocketOptions.SO_KEEPALIVE, false, SocketOptions.SO_REUSEADDR, false,
			SocketOptions.SO_REUSEPORT, false, SocketOptions.SO_OOBINLINE, false, SocketOptions.IP_TOS, 0);

	private static final Map<SocketOption<?>, Integer> STANDARD = Map.of(StandardSocketOptions.TCP_NODELAY,
			SocketOptions.TCP_NODELAY, StandardSocketOptions.SO_LINGER, SocketOptions.SO_LINGER,
			StandardSocketOptions.SO_SNDBUF, SocketOptions.SO_SNDBUF, StandardSocketOptions.SO_RCVBUF,
			SocketOptions.SO_RCVBUF, StandardSocketOptions.SO_KEEPALIVE, SocketOptions.SO_KEEPALIVE,
			StandardSocketOptions.SO_REUSEADDR, SocketOptions.SO_REUSEADDR, StandardSocketOptions.SO_REUSEPORT,
			SocketOptions.SO_REUSEPORT, StandardSocketOptions.IP_TOS, SocketOptions.IP_TOS);

	// such as those of jdk.net
	private final Map<SocketOption<?>, Object> others = new ConcurrentHashMap<>();

	private final Map<Integer, Object> values = new ConcurrentHashMap<>(DEFAULTS);

	void set(int option, Object value) throws SocketException {
		if (!DEFAULTS.containsKey(option)) {
			throw new SocketException("A socket over a pipe has no option " + option);
		}
		this.values.put(option, value);
	}

	Object get(int option) throws SocketException {
		Object value = (option == SocketOptions.SO_BINDADDR) ? InetAddress.getLoopbackAddress()
				: this.values.get(option);
		if (value == null) {
			throw new SocketException("A socket over a pipe has no option " + option);
		}
		return value;
	}

	Set<SocketOption<?>> supported() {
		return STANDARD.keySet();
	}

	void set(SocketOption<?> option, Object value) throws SocketException {
		Integer number = STANDARD.get(option);
		if (number == null) {
			this.others.put(option, value);
			return;
		}
		boolean noLinger = option == StandardSocketOptions.SO_LINGER && value instanceof Integer seconds && seconds < 0;
		set(number, noLinger ? Boolean.FALSE : value);
	}

	<T> T get(SocketOption<T> option) throws SocketException {
		Integer number = STANDARD.get(option);
		Object value = (number != null) ? get(number) : this.others.get(option);
		if (value == null) {
			throw new UnsupportedOperationException("'" + option + "' not supported");
		}
		boolean noLinger = option == StandardSocketOptions.SO_LINGER && Boolean.FALSE.equals(value);
		return option.type().cast(noLinger ? (Object) (-1) : value);
	}

	/**
	 * The time-out of reads or of accepting.
	 * @return the milliseconds, 0 for none
	 */
	int timeout() {
		return (this.values.get(SocketOptions.SO_TIMEOUT) instanceof Integer timeout) ? timeout : 0;
	}

}
