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

import java.util.function.BooleanSupplier;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.BeanPostProcessor;

import io.namedpipe.integration.KeepAlive;
import io.namedpipe.integration.NamedPipe;

/**
 * Has every pipe that is a bean keep the application up, however it was made.
 */
class KeepAliveRegistrar implements BeanPostProcessor, DisposableBean {

	private final KeepAlive keepAlive = new KeepAlive();

	private final BooleanSupplier wanted;

	/**
	 * Creates the registrar.
	 * @param wanted whether the application is to stay up, asked when a pipe is there
	 */
	KeepAliveRegistrar(BooleanSupplier wanted) {
		this.wanted = wanted;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof NamedPipe pipe && this.wanted.getAsBoolean()) {
			pipe.setKeepAlive(this.keepAlive);
		}
		return bean;
	}

	@Override
	public void destroy() {
		this.keepAlive.close();
	}

}
