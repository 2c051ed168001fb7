package dev.remora.homa.net;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * ICMP errors arrive at any queue of a NIC, whatever queue the packet quoted was sent from: so each port passes them on to all
 * others of the interface. Bounded per port.
 */
final class PortNotices {
    static final int MAX_WAITING = 64;

    /** An ICMP error. */
    @FunctionalInterface
    interface Notice {
        void tell(PacketSink sink);
    }

    /** What waits for one port. */
    static final class Inbox {
        private final ConcurrentLinkedQueue<Notice> waiting = new ConcurrentLinkedQueue<>();
        private final AtomicInteger count = new AtomicInteger();

        @Nullable
        Notice poll() {
            Notice notice = waiting.poll();
            if (notice != null) {
                count.decrementAndGet();
            }
            return notice;
        }

        private boolean offer(Notice notice) {
            if (count.incrementAndGet() > MAX_WAITING) {
                count.decrementAndGet();
                return false;
            }
            return waiting.add(notice);
        }
    }

    private final List<Inbox> inboxes = new CopyOnWriteArrayList<>();

    Inbox join() {
        Inbox inbox = new Inbox();
        inboxes.add(inbox);
        return inbox;
    }

    /** A port that is closed gets no more. */
    void leave(Inbox inbox) {
        inboxes.remove(inbox);
    }

    /** Returns how many inboxes were full. */
    int tellOthers(Inbox from, Notice notice) {
        int lost = 0;
        for (Inbox inbox : inboxes) {
            if (inbox != from && !inbox.offer(notice)) {
                lost++;
            }
        }
        return lost;
    }
}
