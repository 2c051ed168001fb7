package dev.remora.homa.protocol;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Whatever arrives, the endpoint stays sound. With JAZZER_FUZZ=1 (profile {@code fuzz}) this searches for inputs by
 * coverage; else it only replays the inputs found so far.
 */
class OnPacketFuzzTest {
    @FuzzTest(maxDuration = "2m")
    void anyPacketsLeaveTheEndpointSound(byte[] input) {
        HostilePackets.run(input);
    }
}
