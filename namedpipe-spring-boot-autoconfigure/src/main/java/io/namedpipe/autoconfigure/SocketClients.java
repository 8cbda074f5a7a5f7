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

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

import io.namedpipe.PipeClient;

/**
 * The pipe clients behind factories of sockets, which are closed when those are destroyed
 * that use them: a stop of the application comes before, and would wait for them. Who got
 * a factory lazily may be older than the factory, and does not depend on it. This is
 * created before all other beans, and so is destroyed after them.
 */
class SocketClients implements BeanFactoryPostProcessor, DisposableBean {

	private final Queue<PipeClient> clients = new ConcurrentLinkedQueue<>();

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
	}

	/**
	 * Closes a client when the application ends.
	 * @param client the client
	 * @return the client
	 */
	PipeClient add(PipeClient client) {
		this.clients.add(client);
		return client;
	}

	@Override
	public void destroy() {
		this.clients.forEach(PipeClient::close);
	}

}
