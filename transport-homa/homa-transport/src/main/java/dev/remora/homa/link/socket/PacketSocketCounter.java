package dev.remora.homa.link.socket;

import dev.remora.spi.TransportMetric;
import java.util.Locale;
import java.util.function.LongSupplier;

/** What a {@link PacketSocketQueue} counts since it was opened. */
public enum PacketSocketCounter {
    SENT_FRAMES("frames", "that the kernel took; one to be cut counts once"),
    SENT_BYTES("bytes", "of those, with their Ethernet headers"),
    SEND_WAITS("times", "the kernel took no more frames for now; they stayed pending"),
    SEND_DROPPED("frames", "that the kernel's queue in front of the NIC, or a firewall behind it, threw away"),
    SEND_REFUSED("frames", "that the kernel refused: longer than the MTU, or not well formed"),
    SEND_LINK_DOWN("frames", "thrown away since the interface was down or gone"),
    RECEIVED_FRAMES("frames", "one that the sender's kernel or ours merged counts once"),
    RECEIVED_BYTES("bytes", "of those, with their Ethernet headers"),
    RECEIVE_MALFORMED("frames", "too long for a buffer or shorter than an Ethernet header"),
    RECEIVE_ERRORS("times", "the kernel reported an error instead of frames, interfaces that went down not counted"),
    RECEIVE_OVERFLOW(
            "frames", "that the kernel threw away since the receive buffer was full: read faster, or make it larger"),
    LINK_LOST("times", "the interface went down or away");

    private final String unit;
    private final String meaning;

    PacketSocketCounter(String unit, String meaning) {
        this.unit = unit;
        this.meaning = meaning;
    }

    TransportMetric metric(String prefix, LongSupplier value) {
        String key = name().toLowerCase(Locale.ROOT).replace('_', '-');
        return TransportMetric.counter(prefix + key, unit, meaning, value);
    }
}
