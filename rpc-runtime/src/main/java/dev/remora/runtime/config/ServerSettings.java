package dev.remora.runtime.config;

import dev.remora.runtime.resolve.ServerAddress;
import dev.remora.spi.Setting;
import java.util.List;
import java.util.stream.Stream;

/** Knobs of a server, below {@code remora.server}. */
public final class ServerSettings {
    public static final Setting<String> ADDRESS = Setting.text(
            "address",
            "127.0.0.1:0",
            "Where the server listens, host:port. Port 0 takes any free one. Loopback unless opened on purpose.");

    public static final Setting<Long> MAX_CONCURRENT_CALLS = Setting.number(
            "max-concurrent-calls",
            1000,
            1,
            1_000_000,
            "calls",
            "Calls in progress; one more waits (queue.max-calls) or is refused with RESOURCE_EXHAUSTED before its handler"
                    + " runs. Bounds memory and keeps an overloaded server answering.");

    public static final Setting<Long> MAX_REQUEST_BYTES = Setting.bytes(
            "max-request-bytes",
            "4MiB",
            1,
            MessageLimits.MAX_MESSAGE_BYTES,
            "Largest request message accepted; a larger one is refused with RESOURCE_EXHAUSTED.");

    public static final Setting<Long> MAX_RESPONSE_BYTES = Setting.bytes(
            "max-response-bytes",
            "4MiB",
            1,
            MessageLimits.MAX_MESSAGE_BYTES,
            "Largest response message a handler may return; a larger one ends the call with RESOURCE_EXHAUSTED.");

    public static final Setting<Long> MAX_METADATA_BYTES = Setting.bytes(
            "max-metadata-bytes",
            "8KiB",
            0,
            MessageLimits.MAX_METADATA_BYTES,
            "Most metadata accepted with a request or sent with a response.");

    public static final Setting<Long> DRAIN_TIMEOUT = Setting.duration(
            "drain-timeout",
            "10s",
            0,
            3_600_000_000_000L,
            "How long a closing server waits for calls in progress before it cancels them. Stay below the time after"
                    + " which the process supervisor kills.");

    public static final Setting<String> REGISTER = Setting.text(
            "register",
            "",
            "Registry in which the server enters itself while it serves, as a target of clients, such as"
                    + " zookeeper://zk-1:2181,zk-2:2181/services/users (docs/discovery.md). Empty is none.");

    public static final Setting<String> ADVERTISE = Setting.text(
            "advertise",
            "",
            "register: what clients shall call, host or host:port. Empty is the address it listens on, which must not be a"
                    + " wildcard then; without a port, the one it listens on.");

    public static final Setting<Long> WEIGHT = Setting.number(
            "weight",
            ServerAddress.DEFAULT_WEIGHT,
            1,
            ServerAddress.MAX_WEIGHT,
            "",
            "register: this server's share of the calls beside others.");

    public static final Setting<Boolean> HEALTH = Setting.flag(
            "health",
            true,
            "Whether a node serves remora.health.v1.Health: whether it takes calls, which it denies once it drains.");

    public static final Setting<Long> MAX_HEALTH_WATCHERS = Setting.number(
            "max-health-watchers",
            200,
            0,
            1_000_000,
            "calls",
            "Calls that may wait for a change of health at a time; they do not count for max-concurrent-calls. One more is refused with"
                    + " RESOURCE_EXHAUSTED.");

    public static final Setting<Boolean> REFLECTION = Setting.flag(
            "reflection",
            false,
            "Whether a node serves remora.reflection.v1.Reflection: tells every client its services and their messages. For"
                    + " ./remora call and the like; off, because not every API is for everybody's eyes.");

    public static final Setting<Boolean> INTROSPECTION = Setting.flag(
            "introspection",
            false,
            "Whether a node serves remora.introspection.v1.Introspection: tells every client which calls it serves and makes,"
                    + " with peers and times. Off, because it is for operators only.");

    /** All of them, in the order of the documentation. */
    public static final List<Setting<?>> ALL = Stream.of(
                    List.<Setting<?>>of(
                            ADDRESS,
                            MAX_CONCURRENT_CALLS,
                            MAX_REQUEST_BYTES,
                            MAX_RESPONSE_BYTES,
                            MAX_METADATA_BYTES,
                            DRAIN_TIMEOUT,
                            REGISTER,
                            ADVERTISE,
                            WEIGHT,
                            HEALTH,
                            MAX_HEALTH_WATCHERS,
                            REFLECTION,
                            INTROSPECTION),
                    CompressionSettings.SERVER,
                    AdmissionSettings.ALL,
                    StreamSettings.SERVER)
            .<Setting<?>>flatMap(List::stream)
            .toList();

    private ServerSettings() {}
}
