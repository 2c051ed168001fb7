package dev.remora.tcp;

import dev.remora.spi.Setting;
import java.util.List;

/** Every knob of the TCP transport. */
public final class TcpSettings {
    private static final long MS = 1_000_000L;
    private static final long SECOND = 1000 * MS;
    private static final long HOUR = 3600 * SECOND;
    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;
    private static final long GIB = 1024 * MIB;

    private TcpSettings() {}

    public static final Setting<String> IO = Setting.text(
            "io",
            "auto",
            "how the kernel is asked; auto is epoll where it loads, else NIO: io_uring is often forbidden in"
                    + " containers and no clear winner: faster at 64 KiB and with 256 calls at once, slower at 1 MiB",
            "auto",
            "io-uring",
            "epoll",
            "nio");

    public static final Setting<Long> THREADS = Setting.number(
            "threads",
            0,
            0,
            1024,
            "threads",
            "event loops that all clients and servers share; 0 is min(4, processors), since one loop carries"
                    + " hundreds of thousands of small calls a second");

    public static final Setting<Boolean> SPIN = Setting.flag(
            "spin", false, "event loops poll without sleeping: saves the wake-up, costs a whole core each; epoll only");

    public static final Setting<Long> CONNECTIONS_PER_PEER = Setting.number(
            "connections-per-peer",
            1,
            1,
            256,
            "connections",
            "one batches best; a pool keeps short messages from waiting behind long ones. Opened when needed");

    public static final Setting<Long> MAX_MESSAGE = Setting.bytes(
            "max-message",
            "16MiB",
            KIB,
            256 * MIB,
            "largest request or response; bounds what one peer can make us hold");

    public static final Setting<Long> CONNECT_TIMEOUT = Setting.duration(
            "connect.timeout",
            "5s",
            MS,
            HOUR,
            "name look-up, connecting to each address and the greeting together; calls wait for it only the first time");

    public static final Setting<Long> RECONNECT_INITIAL = Setting.duration(
            "reconnect.initial",
            "50ms",
            MS,
            HOUR,
            "pause after the first failed connect; doubles, with jitter of 50 %");

    public static final Setting<Long> RECONNECT_MAX = Setting.duration(
            "reconnect.max", "2s", MS, HOUR, "longest pause: bounds how late a restarted peer is found");

    public static final Setting<Long> RECONNECT_WAIT = Setting.duration(
            "reconnect.wait",
            "0s",
            0,
            HOUR,
            "a call during the pause waits if it ends within this; else it fails at once as unreachable, so that a dead"
                    + " peer costs its callers no time");

    public static final Setting<Long> KEEPALIVE_INTERVAL = Setting.duration(
            "keepalive.interval", "10s", 10 * MS, HOUR, "silence after which a peer is asked for a sign of life");

    public static final Setting<Long> KEEPALIVE_TIMEOUT = Setting.duration(
            "keepalive.timeout", "5s", 10 * MS, HOUR, "further silence after which the peer counts as lost");

    public static final Setting<Long> FRAME_TIMEOUT = Setting.duration(
            "frame.timeout",
            "30s",
            10 * MS,
            HOUR,
            "a greeting or frame that has begun must be complete by then, and for each further 16 MiB as much again:"
                    + " no peer holds memory by dripping bytes");

    public static final Setting<Long> WRITE_STALL_TIMEOUT = Setting.duration(
            "write.stall-timeout",
            "30s",
            10 * MS,
            HOUR,
            "a peer that takes no bytes for so long while we have some for it counts as lost");

    public static final Setting<Long> WRITE_HIGH_WATER = Setting.bytes(
            "write.high-water",
            "1MiB",
            KIB,
            GIB,
            "unsent bytes of a connection beyond which nothing is added and a server reads no further requests");

    public static final Setting<Long> CLIENT_MAX_OUTSTANDING = Setting.number(
            "client.max-outstanding",
            65_536,
            1,
            16_777_216,
            "calls",
            "calls of one client in progress; beyond it calls fail as overloaded");

    public static final Setting<Long> CLIENT_MAX_QUEUED = Setting.bytes(
            "client.max-queued",
            "64MiB",
            KIB,
            16 * GIB,
            "request bytes waiting for one connection; beyond it calls fail as overloaded");

    public static final Setting<Long> SERVER_MAX_CONNECTIONS = Setting.number(
            "server.max-connections", 10_000, 1, 1_000_000, "connections", "further ones are closed at once");

    public static final Setting<Long> SERVER_BACKLOG = Setting.number(
            "server.backlog", 1024, 1, 65_535, "connections", "connections the kernel keeps until we accept them");

    public static final Setting<Long> SERVER_MAX_IN_FLIGHT = Setting.number(
            "server.max-in-flight",
            4096,
            1,
            16_777_216,
            "requests",
            "requests of one connection being served; beyond it the server stops reading from it");

    public static final Setting<Long> SERVER_MAX_IN_FLIGHT_BYTES = Setting.bytes(
            "server.max-in-flight-bytes",
            "64MiB",
            KIB,
            16 * GIB,
            "request bytes of one connection being served; beyond it the server stops reading from it");

    public static final Setting<Long> ASSEMBLY_BUDGET = Setting.bytes(
            "assembly-budget",
            "128MiB",
            64 * KIB,
            64 * GIB,
            "memory of all connections together for announced bytes that have not come yet; when it is used up buffers"
                    + " grow as bytes arrive, which costs a copy but no memory");

    public static final Setting<Long> DRAIN_LINGER = Setting.duration(
            "drain.linger",
            "1s",
            0,
            HOUR,
            "a drained server leaves an idle connection to the client to close for so long, then closes it");

    public static final Setting<Long> SOCKET_BUFFER = Setting.bytes(
            "socket-buffer",
            "0B",
            0,
            GIB,
            "SO_SNDBUF and SO_RCVBUF; 0 leaves both to the kernel, which tunes them better");

    /** All of the above. */
    public static final List<Setting<?>> ALL = List.of(
            IO,
            THREADS,
            SPIN,
            CONNECTIONS_PER_PEER,
            MAX_MESSAGE,
            CONNECT_TIMEOUT,
            RECONNECT_INITIAL,
            RECONNECT_MAX,
            RECONNECT_WAIT,
            KEEPALIVE_INTERVAL,
            KEEPALIVE_TIMEOUT,
            FRAME_TIMEOUT,
            WRITE_STALL_TIMEOUT,
            WRITE_HIGH_WATER,
            CLIENT_MAX_OUTSTANDING,
            CLIENT_MAX_QUEUED,
            SERVER_MAX_CONNECTIONS,
            SERVER_BACKLOG,
            SERVER_MAX_IN_FLIGHT,
            SERVER_MAX_IN_FLIGHT_BYTES,
            ASSEMBLY_BUDGET,
            DRAIN_LINGER,
            SOCKET_BUFFER);
}
