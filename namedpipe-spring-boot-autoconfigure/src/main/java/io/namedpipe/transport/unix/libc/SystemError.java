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

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Errors of the system, which the JDK reports by their text alone. That is strerror(3) in
 * the language of the process ({@code LC_MESSAGES}): English, or the translation of the C
 * library, which is read through JNA. Without JNA, two of the errors are provoked to
 * learn their text.
 */
public enum SystemError {

	NOT_FOUND(Errno.ENOENT, "no such file"),

	TRY_AGAIN(Errno.EAGAIN, "temporarily unavailable"),

	OUT_OF_MEMORY(Errno.ENOMEM, "cannot allocate memory", "out of memory"),

	ACCESS_DENIED(Errno.EACCES, "permission denied"),

	TOO_MANY_OPEN_FILES(Errno.EMFILE, "too many open files", "no file descriptors available"),

	TOO_MANY_OPEN_FILES_IN_SYSTEM(Errno.ENFILE, "too many open files in system"),

	BROKEN_PIPE(Errno.EPIPE, "broken pipe"),

	WRONG_TYPE(Errno.EPROTOTYPE, "wrong type"),

	ADDRESS_IN_USE(Errno.EADDRINUSE, "already in use", "address in use"),

	CONNECTION_RESET(Errno.ECONNRESET, "connection reset"),

	NO_BUFFER_SPACE(Errno.ENOBUFS, "no buffer space"),

	NOT_CONNECTED(Errno.ENOTCONN, "not connected"),

	CONNECTION_REFUSED(Errno.ECONNREFUSED, "connection refused");

	private final int number;

	private final List<String> english;

	/**
	 * An error.
	 * @param number its number on Linux
	 * @param english what glibc and macOS, and musl where that differs, call it in
	 * English
	 */
	SystemError(int number, String... english) {
		this.number = number;
		this.english = List.of(english);
	}

	/**
	 * Finds the translations, and what closes, for when no descriptor is left to find
	 * them with. Once.
	 */
	public static void preload() {
		Objects.requireNonNull(Translations.texts);
		Closeables.closeQuietly(null);
	}

	/**
	 * Whether an exception reports this error.
	 */
	public boolean isIn(IOException ex) {
		String message = ex.getMessage();
		if (message == null) {
			return false;
		}
		String text = message.toLowerCase(Locale.ROOT);
		if (this.english.stream().anyMatch(text::contains)) {
			return true;
		}
		String translation = Translations.texts.get(this);
		return translation != null && text.contains(translation);
	}

	/**
	 * Whether an exception reports that the peer has left.
	 */
	public static boolean isPeerGone(IOException ex) {
		return BROKEN_PIPE.isIn(ex) || CONNECTION_RESET.isIn(ex) || NOT_CONNECTED.isIn(ex);
	}

	/**
	 * Whether an exception reports that a limit of the system was reached.
	 */
	public static boolean isResource(IOException ex) {
		return TOO_MANY_OPEN_FILES.isIn(ex) || TOO_MANY_OPEN_FILES_IN_SYSTEM.isIn(ex) || OUT_OF_MEMORY.isIn(ex)
				|| NO_BUFFER_SPACE.isIn(ex);
	}

	/**
	 * What the errors are called where that is not English.
	 */
	private static final class Translations {

		private static final Map<SystemError, String> texts = find();

		private static Map<SystemError, String> find() {
			if (!isTranslated()) {
				return Map.of();
			}
			Map<SystemError, String> texts = new EnumMap<>(SystemError.class);
			boolean translated = NativeLinux.isAvailable();
			for (SystemError error : SystemError.values()) {
				String text = translated ? LibC.strerror(error.number) : provoke(error);
				if (text != null && !text.isBlank()) {
					texts.put(error, text.toLowerCase(Locale.ROOT));
				}
			}
			// without a free descriptor, another error would be provoked
			return (Set.copyOf(texts.values()).size() < texts.size()) ? Map.of() : texts;
		}

		// takes no descriptor, as there may be none left
		private static boolean isTranslated() {
			try {
				return !Path.of("/dev/null/none").toRealPath().isAbsolute();
			}
			catch (FileSystemException ex) {
				return ex.getReason() != null && !ex.getReason().equals("Not a directory");
			}
			catch (IOException ex) {
				return false;
			}
		}

		private static @Nullable String provoke(SystemError error) {
			return switch (error) {
				case NOT_FOUND -> notFound();
				case BROKEN_PIPE -> brokenPipe();
				default -> null;
			};
		}

		private static @Nullable String notFound() {
			String missing = "/proc/self/none";
			try {
				new FileInputStream(missing).close();
				return null;
			}
			catch (IOException ex) {
				String message = String.valueOf(ex.getMessage());
				return message.substring(Math.min(message.length(), missing.length())).replaceAll("^ \\(|\\)$", "");
			}
		}

		private static @Nullable String brokenPipe() {
			try {
				Pipe pipe = Pipe.open();
				try (Pipe.SinkChannel sink = pipe.sink()) {
					pipe.source().close();
					sink.write(ByteBuffer.allocate(1));
					return null;
				}
			}
			catch (IOException ex) {
				return ex.getMessage();
			}
		}

	}

}
