package dev.remora.cli.top;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the samples of Remora (names that begin with {@code remora_}) out of Prometheus' text format. What it does not
 * understand it skips; no text makes it fail, and what it keeps is bounded.
 */
final class PrometheusText {
    /** Further samples are skipped. A process with a thousand methods has about 20,000. */
    static final int MAX_SAMPLES = 50_000;

    static final int MAX_LINE = 4096;
    static final int MAX_LABELS = 16;

    private static final String OURS = "remora_";

    private final String line;
    private int at;

    private PrometheusText(String line) {
        this.line = line;
    }

    /** The samples in their order. */
    static List<Sample> parse(String page) {
        List<Sample> samples = new ArrayList<>();
        int begin = 0;
        while (begin < page.length() && samples.size() < MAX_SAMPLES) {
            int newline = page.indexOf('\n', begin);
            int end = newline < 0 ? page.length() : newline;
            if (end - begin <= MAX_LINE && page.startsWith(OURS, begin)) {
                Sample sample = new PrometheusText(page.substring(begin, end)).sample();
                if (sample != null) {
                    samples.add(sample);
                }
            }
            begin = end + 1;
        }
        return samples;
    }

    private @Nullable Sample sample() {
        String name = name();
        Map<String, String> labels = Map.of();
        if (at < line.length() && line.charAt(at) == '{') {
            at++;
            labels = labels();
        }
        if (labels == null || at >= line.length() || !isBlank(line.charAt(at))) {
            return null;
        }
        Double value = value();
        return value == null ? null : new Sample(name, labels, value);
    }

    private String name() {
        int begin = at;
        while (at < line.length() && isOfName(line.charAt(at))) {
            at++;
        }
        return line.substring(begin, at);
    }

    /** After the opening brace, up to behind the closing one; null if that is not what stands there. */
    private @Nullable Map<String, String> labels() {
        Map<String, String> labels = new LinkedHashMap<>();
        while (at < line.length()) {
            if (line.charAt(at) == '}') {
                at++;
                return labels;
            }
            String key = name();
            if (key.isEmpty() || labels.size() >= MAX_LABELS || !line.startsWith("=\"", at)) {
                return null;
            }
            at += 2;
            String value = quoted();
            if (value == null) {
                return null;
            }
            labels.put(key, value);
            if (at < line.length() && line.charAt(at) == ',') {
                at++;
            }
        }
        return null;
    }

    /** After the opening quote, up to behind the closing one; null without one. */
    private @Nullable String quoted() {
        StringBuilder text = new StringBuilder();
        while (at < line.length()) {
            char c = line.charAt(at++);
            if (c == '"') {
                return text.toString();
            }
            if (c == '\\' && at < line.length()) {
                char escaped = line.charAt(at++);
                text.append(escaped == 'n' ? '\n' : escaped);
            } else {
                text.append(c);
            }
        }
        return null;
    }

    /** The number; a time stamp after it is not looked at. */
    private @Nullable Double value() {
        while (at < line.length() && isBlank(line.charAt(at))) {
            at++;
        }
        int begin = at;
        while (at < line.length() && !isBlank(line.charAt(at)) && line.charAt(at) != '\r') {
            at++;
        }
        String number = line.substring(begin, at);
        return switch (number) {
            case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> {
                try {
                    yield Double.valueOf(number);
                } catch (NumberFormatException e) {
                    yield null; // a line that is not understood
                }
            }
        };
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static boolean isOfName(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ':';
    }
}
