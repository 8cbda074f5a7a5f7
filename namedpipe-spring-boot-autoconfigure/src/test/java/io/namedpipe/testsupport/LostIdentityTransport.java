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

package io.namedpipe.testsupport;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.concurrent.Callable;

import io.namedpipe.transport.PeerIdentityError;
import io.namedpipe.transport.Transport;
import io.namedpipe.transport.TransportChannel;
import io.namedpipe.transport.TransportListener;

/**
 * A transport whose identity is a fake: whoever runs as a peer never comes back.
 */
public final class LostIdentityTransport {

	private LostIdentityTransport() {
	}

	/**
	 * The transport with such an identity.
	 * @param transport what carries the bytes
	 * @return the transport
	 */
	public static Transport on(Transport transport) {
		return proxy(Transport.class, transport);
	}

	private static <T> T proxy(Class<T> type, T target) {
		InvocationHandler handler = (self, method, arguments) -> {
			if (method.getName().equals("runAsPeerObstacle")) {
				return Optional.empty();
			}
			if (method.getName().equals("runAsPeer")) {
				((Callable<?>) arguments[0]).call();
				throw new PeerIdentityError("No way back", null);
			}
			try {
				return wrap(method.invoke(target, arguments));
			}
			catch (InvocationTargetException ex) {
				throw ex.getTargetException();
			}
		};
		return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, handler));
	}

	private static Object wrap(Object result) {
		if (result instanceof TransportListener listener) {
			return proxy(TransportListener.class, listener);
		}
		return (result instanceof TransportChannel channel) ? proxy(TransportChannel.class, channel) : result;
	}

}
