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

package io.namedpipe.integration.dsl;

import org.springframework.integration.dsl.MessageHandlerSpec;

import io.namedpipe.integration.NamedPipe;
import io.namedpipe.integration.outbound.NamedPipeOutboundChannelAdapter;
import io.namedpipe.integration.outbound.UnknownConnectionPolicy;
import io.namedpipe.integration.outbound.WithoutConnectionPolicy;

/**
 * Specifies a {@link NamedPipeOutboundChannelAdapter}.
 */
public class NamedPipeOutboundChannelAdapterSpec
		extends MessageHandlerSpec<NamedPipeOutboundChannelAdapterSpec, NamedPipeOutboundChannelAdapter> {

	NamedPipeOutboundChannelAdapterSpec(NamedPipe pipe) {
		this.target = new NamedPipeOutboundChannelAdapter(pipe);
	}

	/**
	 * What happens to a message without
	 * {@link io.namedpipe.integration.NamedPipeHeaders#CONNECTION_ID}.
	 * @param policy the policy
	 * @return this
	 * @see NamedPipeOutboundChannelAdapter#setWithoutConnection
	 */
	public NamedPipeOutboundChannelAdapterSpec withoutConnection(WithoutConnectionPolicy policy) {
		this.target.setWithoutConnection(policy);
		return this;
	}

	/**
	 * What happens to a message whose connection is gone.
	 * @param policy the policy
	 * @return this
	 * @see NamedPipeOutboundChannelAdapter#setUnknownConnection
	 */
	public NamedPipeOutboundChannelAdapterSpec unknownConnection(UnknownConnectionPolicy policy) {
		this.target.setUnknownConnection(policy);
		return this;
	}

}
