package dev.remora.dpdk.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.dpdk.DpdkException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a NIC refuses, for NICs that are not here. */
class PortSetupTest {
    private static final PortCapabilities NIC = new PortCapabilities(
            "net_e1000_igb",
            8,
            4,
            68,
            9_000,
            9_018,
            Set.of(RxOffload.TCP_CKSUM, RxOffload.RSS_HASH),
            Set.of(TxOffload.TCP_TSO, TxOffload.MULTI_SEGS),
            Set.of(RssHash.IPV4, RssHash.IPV4_TCP),
            128,
            40,
            32,
            4_096,
            32,
            4_096,
            40,
            List.of(1_000),
            0);

    @Test
    void whatIsOfferedIsAccepted() {
        assertThatCode(() -> PortSetup.check(
                        "nic",
                        PortConfig.builder()
                                .rxQueues(8)
                                .txQueues(4)
                                .mtu(9_000)
                                .rxOffloads(Set.of(RxOffload.RSS_HASH))
                                .txOffloads(NIC.txOffloads())
                                .wantTx(TxOffload.IPV4_CKSUM)
                                .rss(RssConfig.of(RssHash.IPV4_TCP).withKey(Toeplitz.microsoftKey()))
                                .build(),
                        NIC))
                .doesNotThrowAnyException();
    }

    @Test
    void anMtuOutsideTheLimitsIsRefusedWithThem() {
        refused(PortConfig.builder().mtu(9_001), "nic: an MTU of 9001 is not possible", "choose 68 to 9000");
    }

    @Test
    void tooManyQueuesAreRefusedWithTheirNumber() {
        refused(PortConfig.builder().queues(5), "nic has 4 transmit queues, 5 are asked for", "ask for fewer");
    }

    @Test
    void anOffloadThatIsMissingIsRefusedWithThoseThatAreThere() {
        refused(
                PortConfig.builder().txOffloads(Set.of(TxOffload.TCP_TSO, TxOffload.IPV4_CKSUM)),
                "does not offer transmit [IPV4_CKSUM]",
                "it offers");
    }

    @Test
    void rssIsCheckedAgainstTheCard() {
        refused(
                PortConfig.builder().rss(RssConfig.of(RssHash.IPV6_TCP)),
                "does not offer RSS [IPV6_TCP]",
                "it offers [IPV4");
        refused(
                PortConfig.builder().rss(RssConfig.of(RssHash.IPV4).withKey(new byte[52])),
                "RSS key of 52 bytes",
                "give one of 40");
        refused(
                PortConfig.builder().rxOffloads(Set.of(RxOffload.RSS_HASH)),
                "RSS_HASH is asked for without hashing",
                "give an RssConfig");
    }

    private static void refused(PortConfig.Builder config, String problem, String remedy) {
        assertThatThrownBy(() -> PortSetup.check("nic", config.build(), NIC))
                .isInstanceOfSatisfying(DpdkException.class, e -> {
                    assertThat(e.problem()).contains(problem);
                    assertThat(e.remedy()).contains(remedy);
                });
    }
}
