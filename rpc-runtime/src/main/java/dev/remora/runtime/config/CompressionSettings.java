package dev.remora.runtime.config;

import dev.remora.spi.Setting;
import java.util.List;

/** Knobs of compression, of clients below {@code remora.client} and of servers below {@code remora.server}. */
public final class CompressionSettings {
    /** The choice of {@link #ALGORITHM} that compresses. */
    public static final String GZIP = "gzip";

    /** What is done where neither the call's options nor the handler say otherwise. */
    public static final Setting<String> ALGORITHM = Setting.text(
            "compression.algorithm",
            "none",
            "How messages are compressed where the call itself does not say: a client's requests, a server's responses to"
                    + " clients that read it. Off by default: it costs more time than it saves on a fast network.",
            "none",
            GZIP);

    /** The smallest message worth it. */
    public static final Setting<Long> MIN_BYTES = Setting.bytes(
            "compression.min-bytes",
            "1KiB",
            0,
            MessageLimits.MAX_MESSAGE_BYTES,
            "Smaller messages are never compressed: they fit into a packet or two as they are.");

    /** Effort. */
    public static final Setting<Long> LEVEL = Setting.number(
            "compression.level",
            1,
            1,
            9,
            "",
            "From 1, the fastest, to 9, the smallest. 1 because the time counts against every call.");

    /** Clients only. */
    public static final Setting<Boolean> ACCEPT_RESPONSES = Setting.flag(
            "compression.accept-responses",
            false,
            "Tells servers that they may compress their responses. Calls that compress their requests say so in any case."
                    + " Off by default: servers of the first version of the envelope refuse calls that say it.");

    /** Servers only. */
    public static final Setting<Boolean> ACCEPT_REQUESTS = Setting.flag(
            "compression.accept-requests",
            true,
            "Whether compressed requests are read; else they are refused with UNIMPLEMENTED. They cost this server's time,"
                    + " and never become larger than max-request-bytes.");

    /** Those of a client. */
    static final List<Setting<?>> CLIENT = List.of(ALGORITHM, MIN_BYTES, LEVEL, ACCEPT_RESPONSES);

    /** Those of a server. */
    static final List<Setting<?>> SERVER = List.of(ALGORITHM, MIN_BYTES, LEVEL, ACCEPT_REQUESTS);

    private CompressionSettings() {}
}
