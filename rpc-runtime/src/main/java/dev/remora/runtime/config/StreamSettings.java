package dev.remora.runtime.config;

import dev.remora.spi.Setting;
import java.util.List;

/** Knobs of streams: below {@code remora.client} and {@code remora.clients.<name>}, and below {@code remora.server}. */
public final class StreamSettings {
    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long MS = 1_000_000L;
    private static final long HOUR = 3_600_000 * MS;

    public static final Setting<Long> MAX_OPEN = Setting.number(
            "streams.max-open",
            1000,
            1,
            1_000_000,
            "streams",
            "Streams open at a time; one more fails with RESOURCE_EXHAUSTED before anything is sent. Each keeps at least one"
                    + " request waiting at its server, so stay well below what the transport allows to be outstanding.");

    public static final Setting<Long> SERVER_MAX_OPEN = Setting.number(
            "streams.max-open",
            10_000,
            1,
            1_000_000,
            "streams",
            "Streams of all clients open at a time; one more is refused with RESOURCE_EXHAUSTED before its handler runs.");

    public static final Setting<Long> MAX_OPEN_PER_CLIENT = Setting.number(
            "streams.max-open-per-client",
            1000,
            1,
            1_000_000,
            "streams",
            "Of these the ones of one channel, so that a single client cannot take all places.");

    public static final Setting<Long> WINDOW = Setting.bytes(
            "streams.window",
            "64KiB",
            64 * KIB,
            64 * MIB,
            "What a new stream may have on its way to us or waiting for its reader, each message counted with 32 bytes more"
                    + " than it has. One message more is always possible, whatever its size.");

    public static final Setting<Long> MAX_WINDOW = Setting.bytes(
            "streams.max-window",
            "8MiB",
            64 * KIB,
            1024 * MIB,
            "What the window grows to while it, and not the reader, holds the sender back; at least the round trip times the"
                    + " rate one stream shall reach.");

    public static final Setting<Long> RECEIVE_MEMORY = Setting.bytes(
            "streams.receive-memory",
            "64MiB",
            0,
            64L * 1024 * MIB,
            "What the windows of all streams together may grow by. When it is used up further streams keep the window they"
                    + " began with.");

    public static final Setting<Long> SEND_BUFFER = Setting.bytes(
            "streams.send-buffer",
            "256KiB",
            1,
            1024 * MIB,
            "Messages of one stream that wait to be sent: with more a stream is not ready and blocking writers wait, until"
                    + " half of it has left.");

    public static final Setting<Long> MAX_SEND_QUEUE = Setting.bytes(
            "streams.max-send-queue",
            "64MiB",
            1,
            16L * 1024 * MIB,
            "What may wait to be sent if a program does not heed isReady; with more the call fails with RESOURCE_EXHAUSTED"
                    + " instead of filling the heap.");

    public static final Setting<Long> BATCH = Setting.bytes(
            "streams.batch",
            "64KiB",
            1,
            16 * MIB,
            "Small messages that wait travel together in one request or response of about this size; larger ones alone.");

    public static final Setting<Long> MAX_REQUESTS = Setting.number(
            "streams.max-requests",
            16,
            1,
            256,
            "requests",
            "Requests of one stream with messages on their way to the server, and as many that wait there for messages; the"
                    + " latter begin with one and become more while the server has more to send than they can carry.");

    public static final Setting<Long> MAX_IN_FLIGHT = Setting.bytes(
            "streams.max-in-flight",
            "32MiB",
            64 * KIB,
            64L * 1024 * MIB,
            "Messages of all streams of a channel on their way to servers; further ones wait. Stays below what the transport"
                    + " queues, so that many uploads at once are slow and do not fail.");

    public static final Setting<Long> KEEPALIVE = Setting.duration(
            "streams.keepalive",
            "10s",
            5 * MS,
            HOUR,
            "How long a server keeps a request that waits for messages: then it answers that there are none, and the client"
                    + " asks again, so that each side sees that the other one lives. The shorter one of both sides counts.");

    public static final Setting<Long> LEASE = Setting.duration(
            "streams.lease",
            "20s",
            5 * MS,
            HOUR,
            "How long a peer may be silent beyond the keep-alive before it counts as lost and its streams end. Longer than"
                    + " the longest pause of a process that is well.");

    /** Those of clients, in the order of the documentation. */
    static final List<Setting<?>> CLIENT = List.of(
            MAX_OPEN,
            WINDOW,
            MAX_WINDOW,
            RECEIVE_MEMORY,
            SEND_BUFFER,
            MAX_SEND_QUEUE,
            BATCH,
            MAX_REQUESTS,
            MAX_IN_FLIGHT,
            KEEPALIVE,
            LEASE);

    /** Those of servers, in the order of the documentation. */
    static final List<Setting<?>> SERVER = List.of(
            SERVER_MAX_OPEN,
            MAX_OPEN_PER_CLIENT,
            WINDOW,
            MAX_WINDOW,
            RECEIVE_MEMORY,
            SEND_BUFFER,
            MAX_SEND_QUEUE,
            BATCH,
            KEEPALIVE,
            LEASE);

    private StreamSettings() {}
}
