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

package io.namedpipe.transport.unix.libc;

import java.util.Map;

import com.sun.jna.Function;
import com.sun.jna.JNIEnv;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The descriptor behind a channel of the JDK, which has it in a field of a class that is
 * closed to reflection. The functions that every native method may call (the table of the
 * Java Native Interface, whose order is part of its specification) read that field
 * without opening anything. The caller owns the channel, which must not be closed
 * meanwhile.
 * <p>
 * Loading this class fails with a {@link LinkageError} where JNA is missing.
 */
public final class ChannelDescriptor {

	/** {@code jfieldID GetFieldID(JNIEnv*, jclass, const char*, const char*)}. */
	private static final int GET_FIELD_ID = 94;

	/** {@code jint GetIntField(JNIEnv*, jobject, jfieldID)}. */
	private static final int GET_INT_FIELD = 100;

	private static final String FIELD = "fdVal";

	private static final Map<String, Object> WITH_OBJECTS = Map.of(Library.OPTION_ALLOW_OBJECTS, true);

	private static final Pointer functions = functions();

	private final Class<?> type;

	private final Function getIntField = function(GET_INT_FIELD);

	private final Pointer field;

	private ChannelDescriptor(Class<?> type, Pointer field) {
		this.type = type;
		this.field = field;
	}

	/**
	 * Finds where channels of a class have their descriptor.
	 * @param type the class
	 * @return what reads it, or {@code null} if such a channel has none where it is
	 * looked for
	 */
	public static @Nullable ChannelDescriptor in(Class<?> type) {
		try {
			// asked first: looking for a missing field leaves a pending exception
			if (type.getDeclaredField(FIELD).getType() != int.class) {
				return null;
			}
		}
		catch (NoSuchFieldException ex) {
			return null;
		}
		Object field = function(GET_FIELD_ID).invoke(Pointer.class, new Object[] { JNIEnv.CURRENT, type, FIELD, "I" },
				WITH_OBJECTS);
		return (field != null) ? new ChannelDescriptor(type, (Pointer) field) : null;
	}

	/**
	 * Reads the descriptor.
	 * @param channel a channel of that class
	 * @return the descriptor
	 * @throws IllegalArgumentException if it is of another class
	 */
	public int of(Object channel) {
		if (channel.getClass() != this.type) {
			throw new IllegalArgumentException(channel.getClass() + " is not " + this.type);
		}
		return (Integer) this.getIntField.invoke(Integer.class, new Object[] { JNIEnv.CURRENT, channel, this.field },
				WITH_OBJECTS);
	}

	private static Function function(int index) {
		return Function.getFunction(functions.getPointer((long) index * Native.POINTER_SIZE));
	}

	// JNA gives the environment to functions only: this one gives it back
	private static Pointer functions() {
		Object environment = Function.getFunction(Platform.C_LIBRARY_NAME, "memmove")
			.invoke(Pointer.class, new Object[] { JNIEnv.CURRENT, JNIEnv.CURRENT, new NativeLong(0) }, WITH_OBJECTS);
		return ((Pointer) environment).getPointer(0);
	}

}
