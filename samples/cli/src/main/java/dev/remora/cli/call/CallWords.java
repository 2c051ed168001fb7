package dev.remora.cli.call;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The words of a {@code call} command, sorted out.
 *
 * @param address null if there is none, which only files of descriptors make up for
 * @param verb what to do
 * @param name of a method, service or message; null for all
 * @param data the request as given; null if none was
 */
record CallWords(
        @Nullable String address,
        Verb verb,
        @Nullable String name,
        @Nullable String data) {
    /** What a call command can do. */
    enum Verb {
        LIST,
        DESCRIBE,
        CALL
    }

    private static final String LIST = "list";
    private static final String DESCRIBE = "describe";
    static final List<String> VERBS = List.of(LIST, DESCRIBE);

    /** @param hasFiles whether the descriptors come from files, so that listing and describing need no server */
    static CallWords of(List<String> words, boolean hasFiles) {
        boolean hasAddress = !words.isEmpty() && !(hasFiles && VERBS.contains(words.get(0)));
        @Nullable String address = hasAddress ? words.get(0) : null;
        List<String> rest = words.subList(hasAddress ? 1 : 0, words.size());
        if (rest.isEmpty()) {
            if (!hasAddress && !hasFiles) {
                throw new CallException(
                        "which server?", "name its address, such as 127.0.0.1:7000; ./remora serve starts one");
            }
            return new CallWords(address, Verb.LIST, null, null);
        }
        String first = rest.get(0);
        if (VERBS.contains(first)) {
            if (rest.size() > 2) {
                throw new CallException(first + " takes one name, got " + (rest.size() - 1), "ask for one at a time");
            }
            return new CallWords(
                    address,
                    first.equals(LIST) ? Verb.LIST : Verb.DESCRIBE,
                    rest.size() == 2 ? rest.get(1) : null,
                    null);
        }
        if (rest.size() > 2) {
            throw new CallException(
                    "too many words after the method " + first,
                    "give the request in single quotes: '{\"name\": \"value\"}'");
        }
        return new CallWords(address, Verb.CALL, first, rest.size() == 2 ? rest.get(1) : null);
    }
}
