package dev.remora.homa.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.protocol.wire.HomaHeader;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several endpoints of one address grant as one: the downlink is one. */
class ShardedGrantsTest {
    private static final int BUDGET = 100_000;
    private static final int LONG = 1_000_000;

    private static HomaConfig config() {
        return HomaConfig.standard()
                .with(Tunable.SIZES_FOLLOW_LINK, 0)
                .with(Tunable.MAX_INCOMING, BUDGET)
                // What is unscheduled or FIFO may exceed the budget.
                .with(Tunable.UNSCHED_BYTES, 1)
                .with(Tunable.FIFO_GRANT_INCREMENT, 0);
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "2, 2", "3, 3", "4, 4", "5, 4", "6, 8"})
    void theBudgetIsNeverExceededAndIsUsed(long seed, int shards) {
        Random random = new Random(seed);
        ShardedHosts net = new ShardedHosts(config(), 4, shards, seed);
        net.keepSent = false;
        int[] begun = {0};
        long[] most = {0};
        net.between = () -> {
            long incoming = net.server().sumOfIncoming();
            // Each new message has sent a byte without being asked.
            assertThat(incoming)
                    .as("seed %d, %d messages begun", seed, begun[0])
                    .isLessThanOrEqualTo(BUDGET + begun[0]);
            assertThat(net.server().address.totalIncoming()).as("seed %d", seed).isEqualTo(incoming);
            most[0] = Math.max(most[0], incoming);
        };
        for (int i = 0; i < 60; i++) {
            begun[0]++;
            assertThat(net.request(1 + random.nextInt(3), random.nextInt(shards), 1 + random.nextInt(LONG)))
                    .isNotZero();
            net.run(random.nextInt(60_000));
        }
        net.run(100_000_000);

        assertThat(net.responses).as("seed %d", seed).isEqualTo(begun[0]);
        assertThat(net.failures).as("seed %d", seed).isZero();
        assertThat(most[0]).as("seed %d: what was under way at most", seed).isGreaterThan(BUDGET * 9 / 10);
        assertThat(net.server().address.totalIncoming()).as("seed %d", seed).isZero();
    }

    @Test
    void aShardAloneWithItsDemandHasTheWholeBudget() {
        ShardedHosts net = new ShardedHosts(config(), 3, 4, 7);
        long[] most = {0};
        net.between =
                () -> most[0] = Math.max(most[0], net.server().shards.get(2).totalIncoming());
        for (int i = 0; i < 8; i++) {
            net.request(1 + i % 2, 2, LONG);
        }
        net.run(20_000_000);

        assertThat(net.responses).isEqualTo(8);
        // Eight windows of a ninth.
        assertThat(most[0]).isGreaterThan(BUDGET * 8 / 10);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void noShardStarvesAnother(int shards) {
        ShardedHosts net = new ShardedHosts(config(), 3, shards, 8);
        // The first shard has taken the budget, with messages that go on for long.
        for (int i = 0; i < 16; i++) {
            net.request(1, 0, LONG);
        }
        net.run(200_000);
        assertThat(net.server().shards.get(0).totalIncoming()).isGreaterThan(BUDGET / 2);
        net.request(2, 1, 300_000);
        net.run(1_200_000);

        assertThat(net.responsesTo[2])
                .as("the message of the other shard, within 1.2 ms")
                .isEqualTo(1);
        net.run(50_000_000);
        assertThat(net.responses).isEqualTo(17);
    }

    @Test
    void theLimitOfActiveMessagesIsForAllShards() {
        ShardedHosts net = new ShardedHosts(config().with(Tunable.MAX_OVERCOMMIT, 4), 5, 2, 9);
        for (int i = 0; i < 16; i++) {
            net.request(1 + i % 4, i % 2, LONG);
        }
        net.run(200_000);
        int grantsBefore = net.sentOf(HomaHeader.GRANT).size();
        net.run(50_000);

        long granted = net.sentOf(HomaHeader.GRANT).stream()
                .skip(grantsBefore)
                .map(packet -> HomaHeader.senderId(packet.memory(), 0) + " " + packet.to())
                .distinct()
                .count();
        assertThat(granted).as("messages that get grants at a time").isBetween(2L, 4L);
    }

    @Test
    void aBetterMessageOfAnotherShardTakesTheHigherLevel() {
        ShardedHosts net = new ShardedHosts(config(), 3, 2, 10);
        net.request(1, 0, LONG);
        net.run(100_000);
        int before = net.sentOf(HomaHeader.GRANT).size();
        assertThat(level(net, before - 1)).as("alone: the lowest").isZero();
        net.request(2, 1, 200_000);
        net.run(50_000);

        assertThat(net.responses).isZero();
        boolean sawLong = false;
        boolean sawShort = false;
        for (int i = before + 20; i < net.sentOf(HomaHeader.GRANT).size(); i++) {
            ShardedHosts.Packet grant = net.sentOf(HomaHeader.GRANT).get(i);
            boolean toLong = grant.to() == 1;
            assertThat(level(net, i)).as("grant %d to host %d", i, grant.to()).isEqualTo(toLong ? 0 : 1);
            sawLong |= toLong;
            sawShort |= !toLong;
        }
        assertThat(sawLong).isTrue();
        assertThat(sawShort).isTrue();
    }

    private static int level(ShardedHosts net, int grant) {
        return HomaHeader.grantPriority(net.sentOf(HomaHeader.GRANT).get(grant).memory(), 0);
    }

    @Test
    void fifoGrantsOfAllShardsTogetherKeepTheirShareOfTheLink() {
        HomaConfig fifo = config().with(Tunable.FIFO_GRANT_INCREMENT, 10_000)
                .with(Tunable.GRANT_FIFO_FRACTION, 50)
                .with(Tunable.LINK_MBPS, 10_000);
        ShardedHosts net = new ShardedHosts(fifo, 5, 4, 11);
        for (int i = 0; i < 16; i++) {
            net.request(1 + i % 4, i % 4, LONG);
        }
        net.run(2_000_000);

        long fifoGrants = net.sentOf(HomaHeader.GRANT).stream()
                .filter(packet -> HomaHeader.grantPriority(packet.memory(), 0) == 6)
                .count();
        // 5 % of 10 Gbit/s are 62,500 bytes in a millisecond; each shard begins with one.
        assertThat(fifoGrants).isBetween(4L, 12 + 4L);
    }
}
