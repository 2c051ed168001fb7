package dev.remora.homa.link.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.spi.TransportException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong when a socket is opened, and whether the message helps. */
class OpeningTest {
    private static List<PacketSocketQueue> open(String name) {
        return PacketSocketQueue.open(PacketSocketConfig.of(name));
    }

    @Test
    void anUnknownInterfaceIsAnsweredWithTheListOfAll() {
        assertThatThrownBy(() -> open("nosuch0"))
                .isInstanceOfSatisfying(
                        TransportException.class,
                        e -> assertThat(e.reason()).isEqualTo(TransportException.Reason.UNSUPPORTED))
                .hasMessageContainingAll("nosuch0", "lo");
        assertThatThrownBy(() -> InterfaceFacts.of("nosuch0")).hasMessageContainingAll("nosuch0", "lo");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../lo", "a b", "eth0:1", "eth0\n", "sixteen-letters-", "\u00e9th0", "a\0"})
    void whatIsNoNameIsSaidToBeNone(String name) {
        assertThatThrownBy(() -> open(name))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("is not a name of a network interface");
        assertThatThrownBy(() -> InterfaceFacts.of(name)).isInstanceOf(TransportException.class);
    }

    @Test
    void configurationsThatCannotBeAreRefused() {
        PacketSocketConfig config = PacketSocketConfig.of("lo");
        assertThatThrownBy(() -> config.withQueues(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> config.withQueues(65)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> config.withBuffers(1, 1 << 20)).hasMessageContaining("receiveBufferBytes");
        assertThatThrownBy(() -> config.withBuffers(1 << 20, -1)).hasMessageContaining("sendBufferBytes");
    }

    @Test
    void withoutTheRightItSaysHowToGetIt() throws Exception {
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        // Rights belong to the thread, and are gone with it.
        Thread.ofPlatform()
                .start(() -> {
                    try {
                        TestCalls.dropRawSockets();
                        open("lo").forEach(PacketSocketQueue::close);
                        outcome.complete(new AssertionError("it was opened"));
                    } catch (Throwable e) {
                        outcome.complete(e);
                    }
                })
                .join();
        assertThat(outcome.get())
                .isInstanceOf(TransportException.class)
                .hasMessageContainingAll("lo", "CAP_NET_RAW", "sudo setcap cap_net_raw+ep", "java", "root");
    }

    @Test
    void anInterfaceThatIsDownOrNoEthernetIsRefused() {
        try (Namespaces namespaces = Namespaces.create()) {
            Namespaces.Space space = namespaces.first();
            space.ip("link", "set", space.interfaceName(), "down");
            assertThatThrownBy(() -> space.in(() -> open(space.interfaceName())))
                    .isInstanceOf(TransportException.class)
                    .hasMessageContainingAll(
                            space.interfaceName() + " is down", "ip link set " + space.interfaceName() + " up");
            space.in(() -> {
                Machine.Output made = Machine.run(
                        List.of("ip", "-n", space.interfaceName(), "tuntap", "add", "dev", "tun0", "mode", "tun"));
                if (made.status() != 0) {
                    Machine.skip("no tun device can be made: " + made.text());
                }
                return made;
            });
            assertThatThrownBy(() -> space.in(() -> open("tun0")))
                    .isInstanceOf(TransportException.class)
                    .hasMessageContainingAll("tun0", "no Ethernet", space.interfaceName());
        }
    }

    @Test
    void knowsAnInterface() {
        try (Namespaces namespaces = Namespaces.create()) {
            Namespaces.Space space = namespaces.first();
            String name = space.interfaceName();
            InterfaceFacts facts = space.facts();
            assertThat(facts.name()).isEqualTo(name);
            assertThat(facts.up()).isTrue();
            assertThat(facts.loopback()).isFalse();
            assertThat(facts.index()).isPositive();
            assertThat(facts.mtu()).isEqualTo(1500);
            assertThat(facts.addresses()).isEmpty();
            space.ip("link", "set", name, "mtu", "3000", "address", "02:00:00:00:ab:cd");
            space.ip("addr", "add", "10.1.2.3/20", "dev", name);
            InterfaceFacts changed = space.facts();
            assertThat(changed.mtu()).isEqualTo(3000);
            assertThat(changed.mac()).isEqualTo(0x02000000abcdL);
            assertThat(changed.addresses()).singleElement().satisfies(address -> {
                assertThat(address.ip().getHostAddress()).isEqualTo("10.1.2.3");
                assertThat(address.prefixBits()).isEqualTo(20);
            });
            // The other end is what makes a link.
            namespaces.second().ip("link", "set", namespaces.second().interfaceName(), "down");
            assertThat(space.facts().up()).isFalse();
            assertThat(space.in(InterfaceFacts::names)).contains("lo", name);
        }
        assertThat(InterfaceFacts.of("lo").loopback()).isTrue();
        assertThat(InterfaceFacts.of("lo").mac()).isZero();
    }
}
