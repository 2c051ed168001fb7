package dev.remora.homa.engine;

import dev.remora.homa.protocol.HomaEndpoint;
import dev.remora.homa.protocol.receive.MessageBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Lends received messages to the application, and brings their memory back to the engine from whatever thread releases it. */
final class ReceivedPool {
    private final AtomicReference<@Nullable Received> returned = new AtomicReference<>();
    private final AtomicLong inUse = new AtomicLong();

    /** On the engine. */
    Received lend(Engine engine, MessageBuffer place, int bytes) {
        Received received = (Received) place.attachment;
        if (received == null) {
            received = new Received(engine, place);
            place.attachment = received;
        }
        inUse.incrementAndGet();
        return received.lend(bytes);
    }

    /** On any thread; the memory goes back when the engine drains. */
    void giveBack(Received received) {
        inUse.decrementAndGet();
        Received head;
        do {
            head = returned.get();
            received.next = head;
        } while (!returned.compareAndSet(head, received));
    }

    /** On the engine, for one released there. */
    void giveBack(Received received, HomaEndpoint endpoint) {
        inUse.decrementAndGet();
        endpoint.release(received.place());
    }

    /** On the engine. */
    void drain(HomaEndpoint endpoint) {
        if (returned.get() == null) {
            return;
        }
        Received received = returned.getAndSet(null);
        while (received != null) {
            Received next = received.next;
            received.next = null;
            endpoint.release(received.place());
            received = next;
        }
    }

    long inUse() {
        return inUse.get();
    }
}
