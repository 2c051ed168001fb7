package dev.remora.cli.call;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonStreamParser;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.io.PushbackReader;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Requests as JSON, one document after the other, each made into a message when it is taken: from a source that is still
 * being written they come as they are written.
 */
final class JsonRequests implements Iterator<DynamicMessage>, AutoCloseable {
    private final Descriptor type;
    private final JsonFormat.Parser parser;
    private final PushbackReader reader;
    private final JsonStreamParser documents;
    private final String source;
    private boolean begun;
    private int taken;

    private JsonRequests(Descriptor type, JsonFormat.TypeRegistry types, Reader reader, String source) {
        this.type = type;
        this.parser = JsonFormat.parser().usingTypeRegistry(types);
        this.reader = new PushbackReader(reader);
        this.documents = new JsonStreamParser(this.reader);
        this.source = source;
    }

    /**
     * What a user gave.
     *
     * @param argument JSON itself, {@code @file}, {@code -} for standard input, or null for nothing
     * @param input standard input
     */
    static JsonRequests open(@Nullable String argument, Reader input, Descriptor type, JsonFormat.TypeRegistry types)
            throws IOException {
        if (argument == null) {
            return new JsonRequests(type, types, new StringReader(""), "");
        }
        if (argument.equals("-")) {
            return new JsonRequests(type, types, input, "standard input");
        }
        if (argument.startsWith("@")) {
            Path file = Path.of(argument.substring(1));
            if (!Files.isRegularFile(file)) {
                throw new CallException("no such file: " + file, "check what stands after the @");
            }
            return new JsonRequests(
                    type, types, Files.newBufferedReader(file, StandardCharsets.UTF_8), file.toString());
        }
        return new JsonRequests(type, types, new StringReader(argument), "the request");
    }

    @Override
    public boolean hasNext() {
        try {
            return (begun || begins()) && documents.hasNext();
        } catch (JsonParseException e) {
            throw notJson(e);
        }
    }

    /** Whether there is anything at all: the library takes an empty text for a broken one. */
    private boolean begins() {
        try {
            int c = reader.read();
            while (Character.isWhitespace(c)) {
                c = reader.read();
            }
            if (c >= 0) {
                reader.unread(c);
                begun = true;
            }
            return begun;
        } catch (IOException e) {
            throw new UncheckedIOException(source + " cannot be read", e);
        }
    }

    @Override
    public DynamicMessage next() {
        JsonElement json;
        try {
            json = documents.next();
        } catch (JsonParseException e) {
            throw notJson(e);
        } catch (NoSuchElementException e) {
            throw e;
        }
        taken++;
        FieldCheck.check(json, type);
        DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
        try {
            parser.merge(json.toString(), message);
        } catch (InvalidProtocolBufferException e) {
            throw new CallException(
                    place() + " does not fit " + type.getFullName() + ": " + e.getMessage(),
                    "see the fields: describe " + type.getFullName());
        }
        return message.build();
    }

    /** The one request of a method that takes no more; the empty message if none was given. */
    DynamicMessage single() {
        DynamicMessage request = hasNext() ? next() : DynamicMessage.getDefaultInstance(type);
        if (hasNext()) {
            throw new CallException(
                    "the method takes one message, and more were given", "give one, or call it once for each");
        }
        return request;
    }

    private CallException notJson(JsonParseException e) {
        Throwable cause = e.getCause();
        String why = String.valueOf((cause == null ? e : cause).getMessage());
        // The library adds a line with an address of its own documents.
        int line = why.indexOf('\n');
        return new CallException(
                place() + " is not JSON: " + (line < 0 ? why : why.substring(0, line)),
                "write it in single quotes for the shell: '{\"name\": \"value\"}'");
    }

    private String place() {
        return taken == 0 ? source : source + ", message " + (taken + 1);
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException e) {
            throw new UncheckedIOException(source + " cannot be closed", e);
        }
    }
}
