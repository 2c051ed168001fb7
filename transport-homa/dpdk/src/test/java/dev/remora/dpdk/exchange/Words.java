package dev.remora.dpdk.exchange;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A line between a test and its peer: a verb and {@code key=value} words. Values hold no blanks.
 *
 * @param verb first word
 * @param values the others
 */
record Words(String verb, Map<String, String> values) {
    static Words of(String line) {
        String[] words = line.strip().split("\\s+");
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("not key=value: \"" + words[i] + "\" in: " + line);
            }
            values.put(words[i].substring(0, equals), words[i].substring(equals + 1));
        }
        return new Words(words[0], values);
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    String text(String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException(verb + " needs " + key + "=, has " + values);
        }
        return value;
    }

    String text(String key, String otherwise) {
        String value = values.get(key);
        return value == null ? otherwise : value;
    }

    int number(String key) {
        return Integer.parseInt(text(key));
    }

    int number(String key, int otherwise) {
        return Integer.parseInt(text(key, Integer.toString(otherwise)));
    }

    long large(String key) {
        return Long.parseLong(text(key));
    }

    long large(String key, long otherwise) {
        return Long.parseLong(text(key, Long.toString(otherwise)));
    }

    boolean flag(String key, boolean otherwise) {
        return Boolean.parseBoolean(text(key, Boolean.toString(otherwise)));
    }

    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(verb);
        values.forEach((key, value) -> line.append(' ').append(key).append('=').append(value));
        return line.toString();
    }
}
