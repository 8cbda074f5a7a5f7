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

package io.namedpipe.framing;

import java.lang.reflect.Type;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Objects as JSON in UTF-8, by a mapper of Jackson 3, which is optional: this class is
 * for those who have it.
 */
public final class JsonPayloads implements PayloadConverter {

	private static final int LONGEST_REASON = 1000;

	private static final int LONGEST_POINTER = 60;

	private static final Pattern NOT_SHOWN = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\u2028\\u2029]");

	private final ObjectReader reader;

	private final ObjectWriter writer;

	private final String type;

	private JsonPayloads(JsonMapper mapper, JavaType type) {
		// a message is one value, and a line feed in it could be the end of its frame
		this.reader = mapper.readerFor(type).with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
		this.writer = mapper.writer().without(SerializationFeature.INDENT_OUTPUT);
		this.type = type.toCanonical();
	}

	/**
	 * Payloads are objects of a type, and JSON on the pipe. For sending any object is
	 * accepted that the mapper can write; bytes and text are taken as JSON that has been
	 * written already. Written is one line always.
	 * @param mapper reads and writes
	 * @param type what is read, {@code tools.jackson.databind.JsonNode} for any value
	 * @return the format
	 * @see PayloadFormat#closingOnMalformed()
	 */
	public static PayloadFormat format(JsonMapper mapper, Type type) {
		return PayloadFormat.objects(new JsonPayloads(mapper, mapper.getTypeFactory().constructType(type)));
	}

	@Override
	public Object toObject(byte[] message) throws MalformedPayloadException {
		Object object;
		try {
			object = this.reader.readValue(message);
		}
		catch (JacksonException ex) {
			throw malformed(message, ex);
		}
		catch (RuntimeException | Error ex) {
			CodecException.passIfNotOfCodec(ex);
			// of a deserializer that Jackson does not wrap, or not at every place
			String reason = String.valueOf(ex);
			throw malformed(message, "", reason, answer("The request is not what is expected"),
					isShown(ex) ? ex : null);
		}
		if (object == null) {
			throw new MalformedPayloadException("A message is the JSON literal null, which is no " + this.type, message,
					answer("The request is null"), null);
		}
		return object;
	}

	private MalformedPayloadException malformed(byte[] message, JacksonException failure) {
		String pointer = pointer(failure);
		String place = place(pointer, failure.getLocation());
		String reason = Objects.requireNonNullElse(failure.getOriginalMessage(), failure.getClass().getSimpleName());
		boolean valid = !(failure instanceof StreamReadException || failure.getCause() instanceof StreamReadException);
		return malformed(message, place, reason,
				answer((valid ? "The request is not what is expected" : "The request is no valid JSON") + place),
				isShown(failure) ? failure : null);
	}

	/**
	 * What the peer has sent is part of the reason, and may be long or no text to print.
	 * @param failure the failure, or {@code null} if it has such text in it
	 */
	private MalformedPayloadException malformed(byte[] message, String place, String reason, byte[] answer,
			@Nullable Throwable failure) {
		return new MalformedPayloadException("A message of " + message.length + " bytes is no JSON of the type "
				+ this.type + place + ": " + shown(reason, LONGEST_REASON), message, answer, failure);
	}

	/**
	 * The names of classes in Jackson's own messages are none of the peer's business, nor
	 * are the settings of the application for its objects.
	 */
	private static byte[] answer(String error) {
		return JsonMapper.shared().writeValueAsBytes(Map.of("error", error));
	}

	private static String pointer(JacksonException failure) {
		return failure.getPath()
			.stream()
			.map((step) -> "/" + ((step.getPropertyName() != null) ? step.getPropertyName() : step.getIndex()))
			.collect(Collectors.joining());
	}

	private static String place(String pointer, @Nullable TokenStreamLocation location) {
		return (pointer.isEmpty() ? "" : " at " + shown(pointer, LONGEST_POINTER))
				+ ((location != null && location.getLineNr() > 0)
						? " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")" : "");
	}

	/**
	 * Whether a failure can be printed with all its causes. Of Jackson's own, the place
	 * is looked at apart from the message, of which that place is a part as well.
	 */
	private static boolean isShown(Throwable failure) {
		return isShown(failure, Collections.newSetFromMap(new IdentityHashMap<>()));
	}

	private static boolean isShown(Throwable failure, Set<Throwable> seen) {
		if (!seen.add(failure)) {
			return true;
		}
		boolean shown = (failure instanceof JacksonException ofJackson)
				? isShown(ofJackson.getOriginalMessage()) && isShown(pointer(ofJackson))
				: isShown(failure.getMessage());
		Throwable cause = failure.getCause();
		return shown && (cause == null || isShown(cause, seen))
				&& Stream.of(failure.getSuppressed()).allMatch((each) -> isShown(each, seen));
	}

	private static boolean isShown(@Nullable String text) {
		return text == null || shown(text, LONGEST_REASON).equals(text);
	}

	private static String shown(String text, int limit) {
		String start = (text.length() > limit) ? text.substring(0, limit) + "..." : text;
		return NOT_SHOWN.matcher(start).replaceAll("?");
	}

	@Override
	public byte[] toBytes(Object payload) throws FramingException {
		try {
			return this.writer.writeValueAsBytes(payload);
		}
		catch (JacksonException ex) {
			throw new FramingException("A payload of type " + payload.getClass().getName()
					+ " cannot be written as JSON: " + ex.getOriginalMessage(), ex);
		}
	}

	@Override
	public String toString() {
		return "json, " + this.type;
	}

}
