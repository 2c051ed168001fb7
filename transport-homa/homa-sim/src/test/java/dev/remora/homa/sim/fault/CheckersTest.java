package dev.remora.homa.sim.fault;

import static dev.remora.homa.sim.fault.FaultRunTest.calm;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** The checkers can fail: each hole made on purpose is seen, named and comes with the means to see it again. */
class CheckersTest {
    @Test
    void aSecondOutcomeIsSeen() {
        assertBroken("S2: a second outcome", new Tampering() {
            @Override
            public boolean doubleOutcome(TestRpc rpc) {
                return rpc.index == 10;
            }
        });
    }

    @Test
    void aSecondExecutionIsSeen() {
        assertBroken("S1: executed 2 times", new Tampering() {
            @Override
            public boolean doubleRequest(TestRpc rpc) {
                return rpc.index == 10;
            }
        });
    }

    @Test
    void aBufferThatIsNeverGivenBackIsSeen() {
        assertBroken("L1: not at rest", new Tampering() {
            @Override
            public boolean keepBuffer(TestRpc rpc) {
                return rpc.index == 10;
            }
        });
    }

    @Test
    void aRequestUnderAnotherIdIsSeen() {
        assertBroken("S3: a request nobody sent", changing(packet -> isRequest(packet) && small(packet), bytes -> {
            bytes[22] ^= 0x40;
        }));
    }

    @Test
    void aRequestWithAnotherByteIsSeen() {
        assertBroken("S3: request differs", changing(CheckersTest::isRequest, bytes -> {
            bytes[bytes.length - 1] ^= 1;
        }));
    }

    @Test
    void aResponseWithAnotherByteIsSeen() {
        assertBroken(
                "S3: response differs",
                changing(
                        packet -> packet.type() == WirePacket.DATA && (packet.senderId() & 1) == 1,
                        bytes -> bytes[56] ^= 1));
    }

    @Test
    void anRpcThatCannotEndWellIsSeen() {
        // No response ever arrives.
        assertBroken(
                "L1: fails although all is well",
                changing(
                        packet -> packet.type() == WirePacket.DATA && (packet.senderId() & 1) == 1,
                        bytes -> bytes[11] = 0x16));
    }

    @Test
    void aFailureSaysHowToSeeItAgain() {
        FaultResult result = FaultRun.run(calm(21, 40), new Tampering() {
            @Override
            public boolean doubleOutcome(TestRpc rpc) {
                return rpc.index == 10;
            }
        });

        assertThat(result.failure())
                .contains("Seed 21: S2:", "Plan: seed 21, 2 hosts", "Last events", "DATA id ")
                .endsWith("Again: ./remora sim --faults 1 --seed 21");
    }

    @Test
    void theShrinkerKeepsWhatIsNeededAndNothingElse() {
        FaultPlan plan = FaultRunTest.withCrash();
        Incident needed = plan.incidents().getFirst();
        Predicate<FaultPlan> fails = candidate ->
                candidate.incidents().contains(needed) && candidate.traffic().rpcs() >= 3;

        FaultPlan small = new Shrinker(fails, 1_000).shrink(plan);

        assertThat(small.incidents()).containsExactly(needed);
        assertThat(small.traffic().rpcs()).isEqualTo(3);
        assertThat(small.traffic().maxBytes()).isEqualTo(1);
        assertThat(small.knobs()).isEmpty();
        assertThat(small.network().lossPermille()).isZero();
        assertThat(small.network().reorderPermille()).isZero();
    }

    @Test
    void theShrinkerRunsNoMoreThanAllowed() {
        int[] runs = {0};
        FaultPlan plan = FaultPlan.of(2_135);
        FaultPlan small = new Shrinker(
                        candidate -> {
                            runs[0]++;
                            return false;
                        },
                        7)
                .shrink(plan);

        assertThat(small).isSameAs(plan);
        assertThat(runs[0]).isEqualTo(7);
    }

    private static boolean isRequest(WirePacket packet) {
        return packet.type() == WirePacket.DATA && (packet.senderId() & 1) == 0;
    }

    private static boolean small(WirePacket packet) {
        return packet.messageLength() == packet.dataLength();
    }

    private interface Change {
        void apply(byte[] bytes);
    }

    /** Changes each such packet. */
    private static Tampering changing(Predicate<WirePacket> which, Change change) {
        return new Tampering() {
            @Override
            public WirePacket onWire(WirePacket packet) {
                if (!which.test(packet)) {
                    return packet;
                }
                byte[] bytes = packet.bytes.clone();
                change.apply(bytes);
                return packet.withBytes(bytes);
            }
        };
    }

    private static void assertBroken(String rule, Tampering tampering) {
        FaultPlan plan = calm(21, 40);
        assertThat(FaultRun.run(plan).failure()).as("without tampering").isNull();
        assertThat(FaultRun.run(plan, tampering).failure()).contains(": " + rule);
    }
}
