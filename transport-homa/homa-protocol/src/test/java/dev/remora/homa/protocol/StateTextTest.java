package dev.remora.homa.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.protocol.wire.HomaHeader;
import org.junit.jupiter.api.Test;

class StateTextTest {
    private final Pair pair = new Pair();

    @Test
    void saysWhatWaitsForWhat() {
        pair.lost = packet -> packet.type() == HomaHeader.GRANT;
        pair.request(300_000, 1);
        pair.run(100_000);

        assertThat(pair.client.describe())
                .contains("port " + Pair.CLIENT_PORT + " with " + Pair.SERVER_PORT)
                .containsPattern("OUTGOING: begun 0\\.\\d ms ago.*; sent (\\d+) of 300000, granted \\1;.*timer in");
        assertThat(pair.server.describe())
                .containsPattern("grants: [1-9]\\d* of \\d+ bytes incoming.* 1 messages active, 0 of them")
                .containsPattern("INCOMING: .*; received [1-9]\\d* of 300000, granted [1-9]\\d*, .* 0 gaps, active;");
    }

    @Test
    void ofManyItShowsTheFirst() {
        pair.lost = packet -> true;
        for (int i = 0; i < 120; i++) {
            pair.request(100, i);
        }

        assertThat(pair.client.describe().lines())
                .filteredOn(line -> line.startsWith("client"))
                .hasSize(100);
        assertThat(pair.client.describe()).endsWith("and 20 RPCs more" + System.lineSeparator());
    }

    @Test
    void whatHasEndedIsNotTold() {
        pair.request(100, 1);
        pair.runMs(5);

        assertThat(pair.outcomes).contains("response 1 100");
        assertThat(pair.client.describe().lines()).hasSize(1);
    }
}
