package dev.remora.homa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.contract.MessagePattern;
import dev.remora.contract.Patience;
import dev.remora.homa.link.socket.Namespaces;
import dev.remora.homa.link.socket.Namespaces.Space;
import dev.remora.spi.ClientTransport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two hosts with a router between them, which is the kernel of a third namespace, and a narrower link behind it. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class InterfaceRouterTest {
    private static final int MTU = 1_400;
    private static final int[] SIZES = {100, 300_000, 1_000_000, 3_000_000};
    private static final String FAR = "10.78.0.2";

    private final InterfaceRig rig = new InterfaceRig();
    private Namespaces behind;

    @BeforeEach
    void join() throws Exception {
        behind = Namespaces.create();
        Space router = rig.spaces.second();
        Space far = behind.second();
        String inner = behind.first().interfaceName();
        behind.first().ip("link", "set", inner, "netns", router.interfaceName());
        router.in(() -> {
            set("ipv4/ip_forward", 1);
            set("ipv6/conf/all/disable_ipv6", 0);
            set("ipv6/conf/all/forwarding", 1);
            return router;
        });
        router.ip("link", "set", inner, "mtu", Integer.toString(MTU), "up");
        router.ip("address", "add", "10.78.0.1/24", "dev", inner);
        router.ip("address", "add", "fd00:78::fe/64", "dev", inner, "nodad");
        router.ip("address", "add", "fd00:77::fe/64", "dev", router.interfaceName(), "nodad");
        far.ip("link", "set", far.interfaceName(), "mtu", Integer.toString(MTU));
        far.ip("address", "add", FAR + "/24", "dev", far.interfaceName());
    }

    @AfterEach
    void close() {
        rig.close();
        if (behind != null) {
            behind.close();
        }
    }

    private static void set(String knob, int value) throws Exception {
        Path file = Path.of("/proc/sys/net", knob);
        if (Files.exists(file)) {
            Files.writeString(file, Integer.toString(value));
        }
    }

    private static long metric(HomaTransport transport, String name) {
        return transport.metrics().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow()
                .value()
                .getAsLong();
    }

    /** Its packets are too large for the router, which says so; first those of messages under way, then no more. */
    @ParameterizedTest
    @CsvSource({
        "packet-socket, tcp-header, 4, true",
        "packet-socket, tcp-header, 4, false",
        "packet-socket, tcp-header, 6, true",
        "packet-socket, udp, 4, true",
        "packet-socket, udp, 4, false",
        "packet-socket, udp, 6, true",
        "af-packet, tcp-header, 4, true",
        "af-packet, udp, 6, false"
    })
    void narrowPathIsFound(String link, String encapsulation, int family, boolean nearCalls) {
        Map<String, String> near = new HashMap<>(Map.of("interface.link", link, "encapsulation", encapsulation));
        Map<String, String> far = new HashMap<>(near);
        near.put("interface.gateway", family == 4 ? InterfaceRig.SERVER : "fd00:77::fe");
        far.put("interface.gateway", family == 4 ? "10.78.0.1" : "fd00:78::fe");
        if (family == 6) {
            near.put("interface.address", "fd00:77::1/64");
            far.put("interface.address", "fd00:78::2/64");
        }
        HomaTransport wide = rig.transport(rig.spaces.first(), near);
        HomaTransport narrow = rig.transport(behind.second(), far);
        ClientTransport client =
                nearCalls ? InterfaceRig.client(wide, narrow, rig::echo) : InterfaceRig.client(narrow, wide, rig::echo);
        for (int bytes : SIZES) {
            byte[] message = MessagePattern.bytes(bytes, bytes);
            assertThat(Patience.await(InterfaceRig.call(client, message), bytes + " bytes come back"))
                    .isEqualTo(message);
        }
        assertThat(metric(wide, "protocol.path-mtu-lowered")).isOne();
        assertThat(metric(narrow, "protocol.path-mtu-lowered")).isZero();
        long told = metric(wide, "port.0.path-mtu-told");
        assertThat(told).isPositive();
        for (int i = 0; i < 5; i++) {
            byte[] message = MessagePattern.bytes(i, 200_000);
            assertThat(Patience.await(InterfaceRig.call(client, message), "another one"))
                    .isEqualTo(message);
        }
        assertThat(metric(wide, "port.0.path-mtu-told")).as("new messages fit").isEqualTo(told);
        rig.assertNothingIsHeld();
    }
}
