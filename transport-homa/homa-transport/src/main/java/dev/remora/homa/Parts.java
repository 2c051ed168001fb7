package dev.remora.homa;

/**
 * How messages that are too long for one Homa message are cut: into parts of {@link #BYTES}, of which the last may be shorter.
 * Both sides must cut alike, so that each part is known by its offset and can be neither too long nor overlap another.
 */
final class Parts {
    /** Longest Homa message, header included. */
    static final int MAX_WHOLE_BYTES = 1_000_000;

    /** Bytes of a part: with its header it just fits a receive buffer of 256 KiB. */
    static final int BYTES = (256 << 10) - 32;

    /**
     * Parts of one message under way at a time: all of one of 2 MB, so that it need not wait for a round trip, and few enough
     * to leave room for others.
     */
    static final int IN_FLIGHT = 8;

    private Parts() {}

    /** Whether a message of so many bytes, header not counted, goes as one. */
    static boolean fitsWhole(int messageBytes) {
        return messageBytes <= MAX_WHOLE_BYTES - 1;
    }

    static int count(int total) {
        return Math.ceilDiv(total, BYTES);
    }

    /** Bytes of the part at an offset, which must be sound. */
    static int length(int total, int offset) {
        return Math.min(BYTES, total - offset);
    }

    /** Whether a part begins at this offset of a large message of this length. */
    static boolean isSound(int total, int offset) {
        return !fitsWhole(total) && total > 0 && offset >= 0 && offset < total && offset % BYTES == 0;
    }
}
