package dev.remora.homa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.contract.MessagePattern;
import dev.remora.contract.Patience;
import dev.remora.homa.net.MemoryNetwork;
import dev.remora.homa.protocol.wire.HomaHeader;
import dev.remora.homa.protocol.wire.IpHeader;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that closes does not take back what it has answered. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class ServerCloseTest {
    private static final byte[] SMALL = MessagePattern.bytes(1, 100);

    /** The first call's RPC, once the server has sent something for it. */
    private final AtomicLong first = new AtomicLong();

    private volatile boolean loseAnswers;
    private final HomaFixture fixture =
            new HomaFixture(new MemoryNetwork.Hub(false, (packet, bytes) -> loses(packet)), true, Map.of());
    private final HomaTransport serving = fixture.transport(Map.of());
    private final HomaTransport calling = fixture.transport(Map.of());
    private final CompletableFuture<Void> answered = new CompletableFuture<>();
    private int answerBytes = 100;

    private final ServerTransport server = serving.listen(fixture.anyAddress(), (exchange, request) -> {
        request.release();
        byte[] answer = MessagePattern.bytes(7, answerBytes);
        exchange.respond(MessagePattern.fill(exchange.allocate(answer.length), answer));
        answered.complete(null);
    });
    private final ClientTransport client = calling.connect(server.localAddress());

    /** Loses what the server sends to the first call. */
    private boolean loses(byte[] packet) {
        long id = HomaHeader.senderId(MemorySegment.ofArray(packet), IpHeader.IPV4_BYTES);
        boolean ofServer = (id & 1) != 0;
        if (!ofServer || !loseAnswers) {
            return false;
        }
        first.compareAndSet(0, id);
        return first.get() == id;
    }

    @AfterEach
    void close() {
        loseAnswers = false;
        calling.close();
        serving.close();
        assertThat(calling.buffersInUse()).isZero();
        assertThat(serving.buffersInUse()).isZero();
    }

    @Test
    void anAnswerThatWasLostComesAlthoughOthersAreRefusedMeanwhile() throws InterruptedException {
        loseAnswers = true;
        CompletableFuture<byte[]> call = InterfaceRig.call(client, SMALL);
        Patience.await(answered, "the answer");
        Thread closing = Thread.ofPlatform().start(server::close);
        CompletableFuture<byte[]> other = InterfaceRig.call(client, SMALL);
        Patience.until(other::isDone, "another call ends");
        while (!other.isCompletedExceptionally()) {
            other = InterfaceRig.call(client, SMALL);
            Patience.until(other::isDone, "another call ends");
        }
        assertThat(((TransportException) other.exceptionNow()).reason()).isIn(Reason.REFUSED, Reason.UNREACHABLE);
        loseAnswers = false;
        assertThat(Patience.await(call, "the answer that was lost")).isEqualTo(MessagePattern.bytes(7, answerBytes));
        closing.join();
    }

    @Test
    void aLargeAnswerIsFetchedToItsEnd() {
        answerBytes = 8_000_000;
        CompletableFuture<byte[]> call = InterfaceRig.call(client, SMALL);
        Patience.await(answered, "the answer");
        server.close();
        assertThat(Patience.await(call, "the whole answer")).isEqualTo(MessagePattern.bytes(7, answerBytes));
    }

    @Test
    void aClientThatIsDeafIsNotWaitedForForEver() {
        loseAnswers = true;
        CompletableFuture<byte[]> call = InterfaceRig.call(client, SMALL);
        Patience.await(answered, "the answer");
        server.close();
        assertThat(call).isNotDone();
    }
}
