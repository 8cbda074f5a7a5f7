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

package io.namedpipe.actuate;

import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

import io.namedpipe.actuate.NamedPipesEndpoint.Action;
import io.namedpipe.actuate.NamedPipesEndpoint.ConnectionDescriptor;
import io.namedpipe.actuate.NamedPipesEndpoint.PipeDescriptor;
import io.namedpipe.actuate.NamedPipesEndpoint.PipeWithConnectionsDescriptor;
import io.namedpipe.actuate.NamedPipesEndpoint.PipesDescriptor;

/**
 * The endpoint over HTTP: who asks decides whether users and arguments are shown, and
 * what is not there is answered with 404.
 */
@EndpointWebExtension(endpoint = NamedPipesEndpoint.class)
public class NamedPipesEndpointWebExtension {

	private final NamedPipesEndpoint delegate;

	private final Show showValues;

	private final Set<String> roles;

	/**
	 * Creates the extension.
	 * @param delegate the endpoint
	 * @param showValues whether the users of peers are shown
	 * @param roles roles of those that they are shown to; empty for everyone who is
	 * authenticated
	 */
	public NamedPipesEndpointWebExtension(NamedPipesEndpoint delegate, Show showValues, Set<String> roles) {
		this.delegate = delegate;
		this.showValues = showValues;
		this.roles = roles;
	}

	/**
	 * Lists the pipes.
	 * @param securityContext who asks
	 * @return the pipes by logical name
	 */
	@ReadOperation
	public WebEndpointResponse<PipesDescriptor> pipes(SecurityContext securityContext) {
		return response(this.delegate.pipes(isShown(securityContext)));
	}

	/**
	 * Shows one pipe and its connections.
	 * @param securityContext who asks
	 * @param name the logical name
	 * @return the pipe
	 */
	@ReadOperation
	public WebEndpointResponse<PipeWithConnectionsDescriptor> pipe(SecurityContext securityContext,
			@Selector String name) {
		return response(this.delegate.pipe(name, isShown(securityContext)));
	}

	/**
	 * Stops or starts a pipe.
	 * @param securityContext who asks
	 * @param name the logical name
	 * @param action what to do
	 * @return the pipe afterwards
	 */
	@WriteOperation
	public WebEndpointResponse<PipeDescriptor> change(SecurityContext securityContext, @Selector String name,
			Action action) {
		return response(this.delegate.change(name, action, isShown(securityContext)));
	}

	/**
	 * Disconnects a peer.
	 * @param securityContext who asks
	 * @param name the logical name of the pipe
	 * @param connection the id of the connection
	 * @return the connection as it was
	 */
	@DeleteOperation
	public WebEndpointResponse<ConnectionDescriptor> disconnect(SecurityContext securityContext, @Selector String name,
			@Selector String connection) {
		return response(this.delegate.disconnect(name, connection, isShown(securityContext)));
	}

	private boolean isShown(SecurityContext securityContext) {
		return this.showValues.isShown(securityContext, this.roles);
	}

	private static <T> WebEndpointResponse<T> response(@Nullable T body) {
		return (body != null) ? new WebEndpointResponse<>(body)
				: new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
	}

}
