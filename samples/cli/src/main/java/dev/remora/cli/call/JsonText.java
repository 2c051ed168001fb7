package dev.remora.cli.call;

import com.google.protobuf.Any;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.TextFormat;
import com.google.protobuf.util.JsonFormat;
import dev.remora.runtime.reflection.DescriptorPool;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Help.Ansi;

/** Messages as JSON. Types inside of an Any that nobody has described yet are asked for. One thread at a time. */
final class JsonText {
    private static final Pattern KEY = Pattern.compile("(?m)^( *)(\"(?:[^\"\\\\]|\\\\.)*\")(:)");
    private static final Pattern MISSING = Pattern.compile("Cannot find type for url: (?:\\S*/)?([\\w.]+)");

    private final Schema schema;
    private final Ansi ansi;
    private final boolean lines;
    private final boolean defaults;
    private final Set<String> askedFor = new HashSet<>();
    private DescriptorPool pool;

    /**
     * @param pool what is known of types
     * @param lines one line per message
     * @param defaults also fields that have their default value
     */
    JsonText(Schema schema, DescriptorPool pool, Ansi ansi, boolean lines, boolean defaults) {
        this.schema = schema;
        this.pool = pool;
        this.ansi = ansi;
        this.lines = lines;
        this.defaults = defaults;
    }

    static JsonFormat.TypeRegistry types(DescriptorPool pool) {
        return JsonFormat.TypeRegistry.newBuilder().add(pool.messages()).build();
    }

    /** A response. */
    String of(Message message) {
        String json = print(message, lines);
        return lines ? json : coloured(json);
    }

    /** The detail of a status in one line, with its type in front. */
    String detail(Any detail) {
        String type = detail.getTypeUrl().substring(detail.getTypeUrl().lastIndexOf('/') + 1);
        learn(type);
        Optional<Message> message = pool.message(type).flatMap(found -> {
            try {
                return Optional.of(DynamicMessage.parseFrom(found, detail.getValue()));
            } catch (InvalidProtocolBufferException e) {
                return Optional.empty();
            }
        });
        return type + " "
                + message.map(known -> print(known, true))
                        .orElseGet(() -> detail.getValue().size() + " bytes, of a type that is not known here");
    }

    private String print(MessageOrBuilder message, boolean oneLine) {
        while (true) {
            try {
                JsonFormat.Printer printer = JsonFormat.printer().usingTypeRegistry(types(pool));
                printer = oneLine ? printer.omittingInsignificantWhitespace() : printer;
                printer = defaults ? printer.alwaysPrintFieldsWithNoPresence() : printer;
                return printer.print(message);
            } catch (InvalidProtocolBufferException e) {
                Matcher missing = MISSING.matcher(String.valueOf(e.getMessage()));
                if (!missing.find() || !learn(missing.group(1))) {
                    // What JSON cannot show is shown all the same.
                    return TextFormat.printer().printToString(message);
                }
            }
        }
    }

    /** Returns whether anything new is known of a type now. */
    private boolean learn(String type) {
        if (pool.message(type).isPresent() || !askedFor.add(type)) {
            return false;
        }
        Optional<DescriptorPool> found = schema.message(type);
        found.ifPresent(more -> pool = pool.plus(more));
        return found.isPresent();
    }

    private String coloured(String json) {
        return ansi.enabled() ? KEY.matcher(json).replaceAll("$1\u001b[36m$2\u001b[0m$3") : json;
    }
}
