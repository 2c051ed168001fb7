package dev.remora.bench.report;

/** Colours of a terminal, or none. */
record Ansi(boolean on) {
    String bold(String text) {
        return wrapped("1", text);
    }

    String dim(String text) {
        return wrapped("2", text);
    }

    String blue(String text) {
        return wrapped("1;34", text);
    }

    String yellow(String text) {
        return wrapped("33", text);
    }

    private String wrapped(String code, String text) {
        return on && !text.isEmpty() ? "\033[" + code + "m" + text + "\033[0m" : text;
    }
}
