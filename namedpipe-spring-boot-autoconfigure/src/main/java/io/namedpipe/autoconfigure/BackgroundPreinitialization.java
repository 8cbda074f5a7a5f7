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

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.StandardProtocolFamily;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NativeDetector;

import io.namedpipe.transport.Transports;

/**
 * Loads and links the classes that pipes need, on a thread of its own, while the
 * application goes on to start: that is most of what the first pipe costs it. Boot does
 * the same for some of its own, and this is switched off in the same way. Once in a
 * process, not on a single processor, not in a native image.
 * <p>
 * Which classes these are is found by following the types in signatures. None of ours is
 * initialized here but a transport: two threads that initialize classes which refer to
 * each other could wait for each other for ever.
 */
final class BackgroundPreinitialization implements Runnable {

	private static final Log logger = LogFactory.getLog(BackgroundPreinitialization.class);

	private static final String IGNORE = "spring.backgroundpreinitializer.ignore";

	private static final String OURS = "io.namedpipe.";

	private static final AtomicBoolean started = new AtomicBoolean();

	private final Set<Class<?>> found = new HashSet<>();

	private final Deque<Class<?>> unlinked = new ArrayDeque<>();

	BackgroundPreinitialization() {
	}

	static void start() {
		if (!Boolean.getBoolean(IGNORE) && !NativeDetector.inNativeImage()
				&& Runtime.getRuntime().availableProcessors() > 1 && started.compareAndSet(false, true)) {
			Thread thread = new Thread(new BackgroundPreinitialization(), "background-preinit-pipes");
			thread.setDaemon(true);
			thread.start();
		}
	}

	@Override
	public void run() {
		try {
			add(NamedPipeAutoConfiguration.class);
			add(Endpoints.class);
			add(Transports.select(Set.of()).getClass());
			linkAll();
			openSocket();
		}
		catch (IOException | RuntimeException | LinkageError ex) {
			logger.debug("Not everything could be prepared that the first pipe needs", ex);
		}
	}

	private void linkAll() {
		Class<?> type = this.unlinked.poll();
		while (type != null) {
			try {
				link(type);
			}
			catch (LinkageError ex) {
				logger.trace("Not there, as an optional library is not: " + ex.getMessage());
			}
			type = this.unlinked.poll();
		}
	}

	/**
	 * Asking a class for its methods links it.
	 */
	private void link(Class<?> type) {
		for (Method method : type.getDeclaredMethods()) {
			add(method.getReturnType());
			add(method.getParameterTypes());
		}
		for (Constructor<?> constructor : type.getDeclaredConstructors()) {
			add(constructor.getParameterTypes());
		}
		for (Field field : type.getDeclaredFields()) {
			add(field.getType());
		}
		add(type.getDeclaredClasses());
		add(type.getInterfaces());
		add(type.getSuperclass());
	}

	private void add(@Nullable Class<?>... types) {
		for (Class<?> type : types) {
			if (type != null && type.getName().startsWith(OURS) && this.found.add(type)) {
				this.unlinked.add(type);
			}
		}
	}

	/**
	 * Lets the JDK load its library for sockets, and what it has around it.
	 */
	private static void openSocket() throws IOException {
		ServerSocketChannel.open(StandardProtocolFamily.UNIX).close();
		Selector.open().close();
	}

}
