package dev.remora.homa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.contract.ContractSettings;
import dev.remora.homa.link.socket.InterfaceFacts;
import dev.remora.homa.net.InterfaceSettings;
import dev.remora.homa.net.VlanTag;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the configuration says about an interface, and what is said when it cannot be. */
class InterfaceChoiceTest {
    private static final long MAC = 0x0200_0000_0001L;

    private static ContractSettings values(Map<String, String> overrides) {
        Map<String, String> texts = new HashMap<>(Map.of("network", "interface"));
        texts.putAll(overrides);
        return ContractSettings.of(new HomaTransportProvider(), texts);
    }

    private static void assertRefused(Map<String, String> overrides, String... said) {
        assertThatThrownBy(() -> new HomaTransportProvider().create(values(overrides)))
                .isInstanceOfSatisfying(
                        TransportException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNSUPPORTED))
                .hasMessageContainingAll(said);
    }

    private static InterfaceFacts kernelHas(String... addresses) {
        List<InterfaceFacts.Address> all = Arrays.stream(addresses)
                .map(each -> new InterfaceFacts.Address(InetAddress.ofLiteral(each), 24))
                .toList();
        return new InterfaceFacts("eth9", 9, MAC, 1_500, true, false, all, 10_000);
    }

    private static InterfaceSettings settings(InterfaceFacts kernel, Map<String, String> overrides) {
        return InterfaceWords.read(values(overrides)).settings("eth9", MAC, kernel);
    }

    @Test
    void interfaceMustBeNamed() {
        assertRefused(Map.of(), "remora.homa.interface.name", "lo");
        assertRefused(Map.of("interface.name", "nosuch9"), "nosuch9", "lo");
    }

    @Test
    void loopbackIsForTheHostNetwork() {
        assertRefused(Map.of("interface.name", "lo"), "remora.homa.network = host");
    }

    @Test
    void cardsAreNamedByTheirPlace() {
        assertRefused(Map.of("interface.name", "eth0", "interface.link", "pci"), "eth0", "lspci -D");
        assertRefused(
                Map.of("interface.name", "ffff:ff:1f.7", "interface.link", "pci"), "remora.homa.interface.address");
        assertRefused(
                Map.of("interface.name", "ffff:ff:1f.7", "interface.link", "pci", "interface.address", "10.0.0.1/24"),
                "DPDK cannot use ffff:ff:1f.7",
                "lspci -D");
    }

    @ParameterizedTest
    @CsvSource({
        "interface.address, 10.0.0.1, prefix length",
        "interface.address, 10.0.0.300/24, not an IP address",
        "interface.gateway, router, not an IP address",
        "interface.neighbours, 10.0.0.2, MAC",
        "interface.neighbours, 10.0.0.2=xx, not a MAC address",
        "interface.mtu, 100, 576"
    })
    void whatIsWrittenWrongIsNamed(String setting, String text, String said) {
        assertThatThrownBy(() -> settings(kernelHas("10.0.0.1"), Map.of(setting, text)))
                .isInstanceOf(TransportException.class)
                .hasMessageContainingAll("remora.homa." + setting, said);
    }

    @Test
    void addressesOfTheKernelAreTakenAndLeftToItToAnswer() {
        InterfaceSettings settings = settings(kernelHas("10.0.0.1", "fd00::1"), Map.of());
        assertThat(settings.addresses()).hasToString("[10.0.0.1/24, fd00:0:0:0:0:0:0:1/24]");
        assertThat(settings.answers()).isFalse();
        assertThat(settings.refuses()).isFalse();
        assertThat(settings(kernelHas("10.0.0.1"), Map.of("interface.refuse", "yes"))
                        .refuses())
                .isTrue();
    }

    @Test
    void otherAddressesAreOursToAnswer() {
        InterfaceSettings settings = settings(kernelHas("10.0.0.1"), Map.of("interface.address", "10.0.0.7/24"));
        assertThat(settings.answers()).isTrue();
        assertThat(settings.refuses()).isTrue();
        assertThat(settings(kernelHas("10.0.0.1"), Map.of("interface.address", "10.0.0.7/24", "interface.answer", "no"))
                        .answers())
                .isFalse();
        assertThatThrownBy(
                        () -> settings(kernelHas("10.0.0.1"), Map.of("interface.address", "10.0.0.1/24, fd00::1/64")))
                .hasMessageContaining("remora.homa.interface.answer");
    }

    /** A kernel without Homa answers each packet of protocol 146 by ICMP. */
    @Test
    void ownProtocolNeedsAddressesThatTheKernelDoesNotHave() {
        assertThatThrownBy(() -> settings(kernelHas("10.0.0.1"), Map.of("encapsulation", "homa")))
                .hasMessageContainingAll("tcp-header", "remora.homa.interface.address");
    }

    @Test
    void udpPortIsOnlyTakenIfItIsUsed() {
        assertThat(settings(kernelHas("10.0.0.1"), Map.of("udp-port", "99")).udpPort())
                .isZero();
        assertThat(settings(kernelHas("10.0.0.1"), Map.of("encapsulation", "udp"))
                        .udpPort())
                .isEqualTo(14_146);
        assertThat(settings(kernelHas("10.0.0.1"), Map.of("encapsulation", "udp", "udp-port", "99"))
                        .udpPort())
                .isEqualTo(99);
    }

    /** Before DPDK is looked for. */
    @Test
    void hostNetworkHasNoUseForUdp() {
        assertRefused(Map.of("network", "host", "encapsulation", "udp"), "remora.homa.network = host", "tcp-header");
    }

    @Test
    void udpPortIsHeldOnAddressesThatTheKernelHas() {
        InterfaceFacts kernel = kernelHas("10.0.0.1", "fd00::1");
        assertThat(InterfaceWords.shared(settings(kernel, Map.of("encapsulation", "udp")), kernel))
                .extracting(InetAddress::getHostAddress)
                .containsExactly("10.0.0.1", "fd00:0:0:0:0:0:0:1");
        assertThat(InterfaceWords.shared(
                        settings(kernel, Map.of("encapsulation", "udp", "interface.address", "10.0.0.7/24")), kernel))
                .isEmpty();
    }

    @Test
    void tagsAreAsTheyAreSet() {
        assertThat(settings(kernelHas("10.0.0.1"), Map.of()).tag()).isEqualTo(VlanTag.NONE);
        assertThat(settings(kernelHas("10.0.0.1"), Map.of("interface.pcp", "true", "interface.vlan", "7"))
                        .tag())
                .isEqualTo(new VlanTag(7, true));
        assertThatThrownBy(() -> new VlanTag(4_095, false)).hasMessageContaining("4095");
    }

    @Test
    void interfaceWithoutAddressOrWithTooManyIsRefused() {
        assertThatThrownBy(() -> settings(kernelHas(), Map.of())).hasMessageContaining("ip address add");
        assertThatThrownBy(() -> settings(kernelHas("10.0.0.1", "10.0.1.1"), Map.of()))
                .hasMessageContainingAll("several", "remora.homa.interface.address");
    }

    @Test
    void gatewaysAreOnePerFamily() {
        Map<String, String> both = Map.of("interface.gateway", "10.0.0.254, fe80::1");
        InterfaceSettings settings = settings(kernelHas("10.0.0.1", "fd00::1"), both);
        assertThat(settings.gateway4()).hasToString("10.0.0.254");
        assertThat(settings.gateway6()).hasToString("fe80:0:0:0:0:0:0:1");
        assertThatThrownBy(() -> settings(kernelHas("10.0.0.1"), Map.of("interface.gateway", "10.0.0.254, 10.0.0.253")))
                .hasMessageContaining("more than one gateway");
    }
}
