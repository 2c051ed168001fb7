package dev.remora.homa.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.homa.net.packet.IpAddress;
import dev.remora.homa.net.packet.MacAddress;
import org.junit.jupiter.api.Test;

/** Texts of addresses, and what lies in a network. */
class OwnAddressTest {
    private static boolean covers(String own, String peer) {
        IpAddress ip = IpAddress.parse(peer);
        return OwnAddress.parse(own).covers(ip.high(), ip.low());
    }

    @Test
    void networksEndWhereTheirPrefixSays() {
        assertThat(covers("10.1.2.3/24", "10.1.2.255")).isTrue();
        assertThat(covers("10.1.2.3/24", "10.1.3.0")).isFalse();
        assertThat(covers("10.1.2.3/0", "200.1.1.1")).isTrue();
        assertThat(covers("10.1.2.3/0", "2001:db8::1")).isFalse();
        assertThat(covers("10.1.2.3/32", "10.1.2.2")).isFalse();
        assertThat(covers("2001:db8::1/64", "2001:db8::ffff:1")).isTrue();
        assertThat(covers("2001:db8::1/64", "2001:db8:0:1::1")).isFalse();
        assertThat(covers("2001:db8::1/127", "2001:db8::")).isTrue();
        assertThat(covers("2001:db8::1/128", "2001:db8::")).isFalse();
        assertThat(covers("2001:db8::1/3", "3fff::1")).isTrue();
        assertThat(covers("2001:db8::1/3", "4000::1")).isFalse();
    }

    @Test
    void textsAreReadAndWritten() {
        assertThat(OwnAddress.parse("10.1.2.3/24")).hasToString("10.1.2.3/24");
        assertThat(IpAddress.parse("fe80::1%eth0")).isEqualTo(IpAddress.parse("fe80::1"));
        assertThat(MacAddress.text(MacAddress.parse("02:0a:00:00:00:fF"))).isEqualTo("02:0a:00:00:00:ff");
    }

    @Test
    void mistakesAreExplained() {
        assertThatThrownBy(() -> OwnAddress.parse("10.0.0.1")).hasMessageContaining("write 192.0.2.1/24");
        assertThatThrownBy(() -> OwnAddress.parse("10.0.0.1/33")).hasMessageContaining("outside 0 to 32");
        assertThatThrownBy(() -> OwnAddress.parse("10.0.0.1/x")).hasMessageContaining("number");
        assertThatThrownBy(() -> OwnAddress.parse("224.0.0.1/4")).hasMessageContaining("cannot be the address");
        assertThatThrownBy(() -> IpAddress.parse("host")).hasMessageContaining("is not an IP address");
        assertThatThrownBy(() -> MacAddress.parse("02:00")).hasMessageContaining("aa:bb:cc:dd:ee:ff");
        assertThatThrownBy(() -> InterfaceSettings.of(MacAddress.BROADCAST, OwnAddress.parse("10.0.0.1/24")))
                .hasMessageContaining("ff:ff:ff:ff:ff:ff");
        assertThatThrownBy(() -> InterfaceSettings.of(Lan.OUR_MAC)).hasMessageContaining("addresses");
        assertThatThrownBy(() -> Lan.settings().withLink(100, 0)).hasMessageContaining("mtu 100");
    }

    @Test
    void smallestMtuCounts() {
        assertThat(new Lan(Lan.settings().withLink(1400, 25_000))
                        .port
                        .capabilities()
                        .mtu())
                .isEqualTo(1400);
        assertThat(new Lan(Lan.settings().withLink(9000, 0)).port.capabilities().mtu())
                .isEqualTo(1500);
        assertThat(new Lan(Lan.settings().withLink(0, 25_000))
                        .port
                        .capabilities()
                        .linkMbps())
                .isEqualTo(25_000);
    }
}
