package dev.remora.dpdk.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;

class PortConfigTest {
    @Test
    void withoutWishesAPortHasOneQueueEachWay() {
        PortConfig config = PortConfig.builder().build();
        assertThat(config.rxQueues()).isEqualTo(1);
        assertThat(config.txQueues()).isEqualTo(1);
        assertThat(config.rxDescriptors()).isEqualTo(1_024);
        assertThat(config.mtu()).isZero();
        assertThat(config.rxOffloads()).isEmpty();
        assertThat(config.rss()).isNull();
        assertThat(config.promiscuous()).isFalse();
    }

    @Test
    void offloadsAddUp() {
        PortConfig config = PortConfig.builder()
                .txOffloads(Set.of(TxOffload.TCP_CKSUM))
                .txOffloads(Set.of(TxOffload.MULTI_SEGS))
                .wantTx(TxOffload.TCP_TSO)
                .wantRx(RxOffload.TCP_LRO, RxOffload.SCATTER)
                .build();
        assertThat(config.txOffloads()).containsExactly(TxOffload.TCP_CKSUM, TxOffload.MULTI_SEGS);
        assertThat(config.wantedTxOffloads()).containsExactly(TxOffload.TCP_TSO);
        assertThat(config.wantedRxOffloads()).containsExactly(RxOffload.TCP_LRO, RxOffload.SCATTER);
    }

    @Test
    void impossibleValuesAreRefusedWhereTheyAreWritten() {
        assertThatThrownBy(() -> PortConfig.builder().queues(0).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs a queue");
        assertThatThrownBy(() -> PortConfig.builder().rxQueues(2_000).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rxQueues must be 0 to 1024, is 2000");
        assertThatThrownBy(() -> PortConfig.builder().txDescriptors(0).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("txDescriptors");
        assertThatThrownBy(() -> PortConfig.builder().mtu(20).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("mtu must be 68 to 65535");
    }

    @Test
    void anRssKeyIsCopiedAndCompared() {
        byte[] key = Toeplitz.microsoftKey();
        RssConfig config = RssConfig.of(RssHash.IPV4_TCP, RssHash.IPV6_TCP).withKey(key);
        key[0] = 0;
        assertThat(config.key()).isEqualTo(Toeplitz.microsoftKey());
        assertThat(config)
                .isEqualTo(new RssConfig(Set.of(RssHash.IPV6_TCP, RssHash.IPV4_TCP), Toeplitz.microsoftKey()));
        assertThat(config).isNotEqualTo(RssConfig.of(RssHash.IPV4_TCP, RssHash.IPV6_TCP));
        assertThatThrownBy(() -> config.withKey(new byte[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("this one has 3");
    }

    @Test
    void masksAndSetsAreTheSame() {
        assertThat(RxOffload.of(RxOffload.mask(Set.of(RxOffload.SCATTER, RxOffload.RSS_HASH))))
                .containsExactly(RxOffload.SCATTER, RxOffload.RSS_HASH);
        assertThat(RssHash.of(-1L)).hasSize(RssHash.values().length);
        assertThat(TxOffload.of(1L << 63)).isEmpty();
    }
}
