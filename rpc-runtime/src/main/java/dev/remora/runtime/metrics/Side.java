package dev.remora.runtime.metrics;

/** Which end of a call measures it. */
public enum Side {
    CLIENT("client"),
    SERVER("server");

    private final String word;

    Side(String word) {
        this.word = word;
    }

    /** As it stands in the names of metrics. */
    public String word() {
        return word;
    }
}
