package dev.remora.homa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.contract.MessagePattern;
import dev.remora.contract.Patience;
import dev.remora.spi.Endpoint;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CancelledRequestsTest {
    private final CancelledRequests cancelled = new CancelledRequests();

    @Test
    void eachIsKnownOnceAndToItsOwnerAlone() {
        cancelled.add(1, 2, 3, 4);
        assertThat(cancelled.take(9, 2, 3, 4)).isFalse();
        assertThat(cancelled.take(1, 9, 3, 4)).isFalse();
        assertThat(cancelled.take(1, 2, 9, 4)).isFalse();
        assertThat(cancelled.take(1, 2, 3, 6)).isFalse();
        assertThat(cancelled.take(1, 2, 3, 4)).isTrue();
        assertThat(cancelled.take(1, 2, 3, 4)).isFalse();
        assertThat(cancelled.take(0, 0, 0, 8)).isFalse();
    }

    @Test
    void theNewestAreKnownAndThePlacesStayAsMany() {
        int known = 0;
        int all = 10 * CancelledRequests.PLACES;
        for (int id = 2; id <= 2 * all; id += 2) {
            cancelled.add(1, 2, 3, id);
            assertThat(cancelled.take(1, 2, 3, id)).isTrue();
            cancelled.add(1, 2, 3, id);
        }
        for (int id = 2; id <= 2 * all; id += 2) {
            known += cancelled.take(1, 2, 3, id) ? 1 : 0;
        }
        assertThat(known).isBetween(CancelledRequests.PLACES / 2, CancelledRequests.PLACES);
    }

    /** As when the request's packets waited longer in a switch than the cancel, which is more urgent. */
    @Test
    void aRequestThatItsCancelHasOvertakenIsNotServed() {
        HomaFixture fixture = new HomaFixture(Map.of());
        AtomicInteger served = new AtomicInteger();
        try (HomaTransport transport = fixture.transport(Map.of());
                RawPeer raw = new RawPeer(fixture.hub())) {
            Endpoint server = transport
                    .listen(fixture.anyAddress(), (exchange, request) -> {
                        served.incrementAndGet();
                        byte[] bytes = MessagePattern.take(request);
                        exchange.respond(MessagePattern.fill(exchange.allocate(bytes.length), bytes));
                    })
                    .localAddress();
            byte[] request = {MessageKind.REQUEST.code(), 1, 2, 3};
            byte[] response = {MessageKind.RESPONSE.code(), 1, 2, 3};
            assertThat(answer(raw, server, request)).isEqualTo(response);
            long id = raw.nextId(2);
            byte[] cancel = ByteBuffer.allocate(9)
                    .put(MessageKind.CANCEL_RPC.code())
                    .putLong(id)
                    .array();
            assertThat(answer(raw, server, cancel)).containsExactly(MessageKind.ACCEPTED.code());
            CompletableFuture<byte[]> nobody = raw.send(server, request);
            assertThat(answer(raw, server, request)).isEqualTo(response);
            assertThat(nobody).isNotDone();
            assertThat(served).hasValue(2);
            Patience.until(() -> transport.buffersInUse() == 0, "all memory given back");
        }
    }

    private static byte[] answer(RawPeer raw, Endpoint server, byte[] request) {
        return Patience.await(raw.send(server, request), "an answer");
    }
}
