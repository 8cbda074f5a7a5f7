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

package io.namedpipe.peers;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a test shows of a peer, for the documentation's tables: the peer is the argument
 * of the test or, where it has none, the one named here.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface Shows {

	/** The words of the table. */
	String value();

	/** In which role the peer does it. */
	Role as() default Role.SPECIAL;

	/** The peer of a test without argument. */
	Peer by() default Peer.DOTNET;

	/** What the peer is. */
	enum Role {

		/** A client, in what is asked of all. */
		CLIENT,

		/** A server, in what is asked of all. */
		SERVER,

		/** Either, in what is not asked of all. */
		SPECIAL

	}

}
