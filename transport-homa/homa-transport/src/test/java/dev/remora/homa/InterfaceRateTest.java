package dev.remora.homa;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.remora.contract.MessagePattern;
import dev.remora.contract.Patience;
import dev.remora.homa.link.socket.Machine;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.TransportMetric;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** A link that carries more or less than its rate is taken for. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class InterfaceRateTest {
    private static final int MESSAGE_BYTES = 500_000;
    private static final int AT_A_TIME = 4;
    private static final long TOO_HIGH = 1;
    private static final long TOO_LOW = 2;

    private final InterfaceRig rig = new InterfaceRig();
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.remora.homa.net");
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @BeforeEach
    void listen() {
        logged.start();
        logger.addAppender(logged);
    }

    @AfterEach
    void close() {
        logger.detachAppender(logged);
        rig.close();
    }

    private static long metric(HomaTransport transport, String name) {
        return transport.metrics().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow()
                .value()
                .getAsLong();
    }

    private static Map<String, Long> seen(HomaTransport transport) {
        Map<String, Long> seen = new TreeMap<>();
        for (TransportMetric each : transport.metrics()) {
            if (each.name().matches("(link|port|queue)\\..*")) {
                seen.put(each.name(), each.value().getAsLong());
            }
        }
        return seen;
    }

    /** Sends large requests, several at a time, until the transport doubts its rate. */
    private static void callUntil(ClientTransport client, HomaTransport doubting, long doubt) {
        byte[] request = MessagePattern.bytes(1, MESSAGE_BYTES);
        Queue<CompletableFuture<byte[]>> calls = new ArrayDeque<>();
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(Patience.BOUND_S);
        while (metric(doubting, "link.rate-doubt") != doubt) {
            assertThat(System.nanoTime())
                    .as(() -> "doubts in time; what was seen: " + seen(doubting))
                    .isLessThan(endNs);
            calls.add(InterfaceRig.call(client, request));
            if (calls.size() > AT_A_TIME) {
                Patience.await(calls.remove(), "a call");
            }
        }
        calls.forEach(call -> Patience.await(call, "the last calls"));
    }

    private List<String> warnings() {
        return List.copyOf(logged.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(text -> text.contains("remora.homa.link-mbps"))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"packet-socket", "af-packet"})
    void linkThatCarriesLessThanItIsTakenForIsNoticed(String link) {
        String near = rig.spaces.first().interfaceName();
        Machine.Output output = Machine.run(List.of(
                "tc", "-n", near, "qdisc", "add", "dev", near, "root", "tbf", "rate", "50mbit", "burst", "8kb", "limit",
                "4mb"));
        if (output.status() != 0) {
            Machine.skip("tc cannot set a rate: " + output.text().strip());
        }
        // Many bytes on their way, as to many servers: DPDK's driver does not tell how many wait, it only takes its
        // time
        // when there is no room.
        Map<String, String> settings = link.equals("packet-socket")
                ? Map.of("interface.link", link)
                : Map.of(
                        "interface.link",
                        link,
                        "protocol.unsched-bytes",
                        "1000000",
                        "protocol.max-incoming",
                        "10000000",
                        "protocol.sizes-follow-link",
                        "0");
        HomaTransport calling = rig.transport(rig.spaces.first(), settings);
        HomaTransport serving = rig.transport(rig.spaces.second(), settings);
        ClientTransport client = InterfaceRig.client(calling, serving, (exchange, request) -> {
            request.release();
            exchange.respond(exchange.allocate(0));
        });
        callUntil(client, calling, TOO_HIGH);
        assertThat(metric(calling, "link.sent-mbps")).isBetween(30L, 60L);
        assertThat(metric(serving, "link.rate-doubt")).isZero();
        assertThat(warnings()).hasSize(1);
        assertThat(warnings().getFirst()).contains(InterfaceRig.CALLER).containsPattern("link-mbps = [345]\\d\\b");
    }

    @Test
    void linkThatCarriesMoreThanItIsTakenForIsNoticed() {
        HomaTransport calling = rig.transport(rig.spaces.first(), Map.of());
        HomaTransport serving = rig.transport(rig.spaces.second(), Map.of("link-mbps", "20"));
        ClientTransport client = InterfaceRig.client(calling, serving, (exchange, request) -> {
            request.release();
            exchange.respond(exchange.allocate(0));
        });
        callUntil(client, serving, TOO_LOW);
        assertThat(metric(serving, "link.rate-mbps")).isEqualTo(20);
        assertThat(metric(serving, "link.received-mbps")).isGreaterThan(22);
        assertThat(metric(calling, "link.rate-doubt")).isZero();
        assertThat(warnings()).hasSize(1);
        assertThat(warnings().getFirst()).contains(InterfaceRig.SERVER);
    }
}
