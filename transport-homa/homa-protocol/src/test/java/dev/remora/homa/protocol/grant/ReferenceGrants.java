package dev.remora.homa.protocol.grant;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The rules of grants in the plainest form: flat lists, everything searched and summed up anew at each step. The
 * scheduler has to make the same grants and to put each message in the same place.
 */
final class ReferenceGrants {

    /** A message of the model. */
    static final class Message {
        final int id;
        final int peer;
        final int length;
        final long birthNs;
        final int order;
        int received;
        int granted;
        boolean active;
        boolean needy;
        boolean unresponsive;

        Message(int id, int peer, int length, int granted, long birthNs, int order) {
            this.id = id;
            this.peer = peer;
            this.length = length;
            this.granted = granted;
            this.birthNs = birthNs;
            this.order = order;
        }

        int remaining() {
            return length - received;
        }

        int incoming() {
            return Math.max(0, granted - received);
        }
    }

    private static final Comparator<Message> BY_AGE =
            Comparator.comparingLong((Message m) -> m.birthNs).thenComparingInt(m -> m.order);
    private static final Comparator<Message> BY_RANK =
            Comparator.comparingInt(Message::remaining).thenComparing(BY_AGE);

    final GrantSettings settings;
    final List<Message> messages = new ArrayList<>();
    final List<String> grants = new ArrayList<>();
    private int slots;
    private int perPeer;
    private int admissions;
    private Optional<Message> fifoChoice = Optional.empty();
    private boolean fifoStarted;
    private long fifoNextNs;

    ReferenceGrants(GrantSettings settings) {
        this.settings = settings;
        takeLimits();
    }

    private void takeLimits() {
        slots = Math.max(1, Math.min(64, settings.maxOvercommit));
        perPeer = settings.maxPerPeer == 0 ? Integer.MAX_VALUE : settings.maxPerPeer;
    }

    Optional<Message> find(int id) {
        return messages.stream().filter(m -> m.id == id).findFirst();
    }

    List<Message> active() {
        return messages.stream().filter(m -> m.active).toList();
    }

    long totalIncoming() {
        return messages.stream().mapToLong(Message::incoming).sum();
    }

    void onData(int id, int peer, int length, int unscheduled, int received, long birthNs, long nowNs) {
        Optional<Message> known = find(id);
        if (known.isEmpty() && (received >= length || length <= unscheduled)) {
            return;
        }
        applyLimits();
        if (received >= length) {
            leave(known.orElseThrow());
        } else {
            Message message = known.orElseGet(() -> {
                Message fresh = new Message(id, peer, length, unscheduled, birthNs, admissions++);
                messages.add(fresh);
                return fresh;
            });
            message.received = received;
            if (!message.active) {
                compete(message);
            }
            if (message.incoming() < fifoLimit()) {
                message.unresponsive = false;
            }
            if (message.active) {
                grant(message, false, nowNs);
            }
        }
        serveNeedy(nowNs);
    }

    void onDead(int id, long nowNs) {
        Optional<Message> known = find(id);
        if (known.isPresent()) {
            applyLimits();
            leave(known.get());
            serveNeedy(nowNs);
        }
    }

    void onTick(long nowNs) {
        applyLimits();
        serveNeedy(nowNs);
        if (messages.stream().anyMatch(ReferenceGrants::fifoCandidate)) {
            fifoGrant(nowNs);
        }
    }

    private void leave(Message message) {
        messages.remove(message);
        fifoChoice = fifoChoice.filter(choice -> choice.id != message.id);
        promote();
    }

    private int activeOf(int peer) {
        return (int) messages.stream().filter(m -> m.active && m.peer == peer).count();
    }

    private void compete(Message message) {
        boolean full = activeOf(message.peer) >= perPeer;
        if (active().size() < slots && !full) {
            message.active = true;
            return;
        }
        Message victim = active().stream()
                .filter(m -> !full || m.peer == message.peer)
                .max(Comparator.comparingInt((Message m) -> activeOf(m.peer) + (m.peer == message.peer ? 1 : 0))
                        .thenComparing(BY_RANK))
                .orElseThrow();
        if (activeOf(victim.peer) > activeOf(message.peer) + 1 || BY_RANK.compare(message, victim) < 0) {
            demote(victim);
            message.active = true;
        }
    }

    private static void demote(Message message) {
        message.active = false;
        message.needy = false;
    }

    private void promote() {
        while (active().size() < slots) {
            Optional<Message> next = messages.stream()
                    .filter(m -> !m.active && activeOf(m.peer) < perPeer)
                    .min(Comparator.comparingInt((Message m) -> activeOf(m.peer))
                            .thenComparing(BY_RANK));
            if (next.isEmpty()) {
                return;
            }
            next.get().active = true;
            next.get().needy = true;
        }
    }

    private void applyLimits() {
        int oldSlots = slots;
        int oldPerPeer = perPeer;
        takeLimits();
        if (oldSlots == slots && oldPerPeer == perPeer) {
            return;
        }
        while (active().size() > slots) {
            demote(active().stream()
                    .max(Comparator.comparingInt((Message m) -> activeOf(m.peer))
                            .thenComparing(BY_RANK))
                    .orElseThrow());
        }
        while (true) {
            Optional<Message> excess =
                    active().stream().filter(m -> activeOf(m.peer) > perPeer).max(BY_RANK);
            if (excess.isEmpty()) {
                break;
            }
            demote(excess.get());
        }
        promote();
    }

    private long window() {
        long share = settings.maxIncoming / (active().size() + 1);
        return settings.window > 0
                ? settings.window
                : Math.max(share, Math.min(settings.leastWindow, settings.maxIncoming));
    }

    private void serveNeedy(long nowNs) {
        while (totalIncoming() < settings.maxIncoming) {
            Optional<Message> best = messages.stream().filter(m -> m.needy).min(BY_RANK);
            if (best.isEmpty() || tooLittle(want(best.get()))) {
                return;
            }
            best.get().needy = false;
            grant(best.get(), true, nowNs);
        }
    }

    private long want(Message message) {
        return Math.min(message.received + window() - message.granted, message.length - message.granted);
    }

    /** A step of half the budget, or all that is wanted, must be left of it. */
    private boolean tooLittle(long want) {
        long room = settings.maxIncoming - totalIncoming();
        return room <= 0 || (room < want && room < step(settings.maxIncoming / 2));
    }

    private long step(long window) {
        return settings.stepPercent == 0
                ? 0
                : Math.max(window * settings.stepPercent / 100, Math.min(window, settings.leastWindow) / 2);
    }

    private void grant(Message message, boolean ofNeedy, long nowNs) {
        int rest = message.length - message.granted;
        long want = want(message);
        if (want <= 0 || (want < rest && want < step(window()))) {
            return;
        }
        long room = settings.maxIncoming - totalIncoming();
        if (tooLittle(want) || (!ofNeedy && messages.stream().anyMatch(m -> m.needy))) {
            message.needy = true;
            return;
        }
        long give = Math.min(want, room + Math.max(0, message.received - message.granted));
        message.needy = message.needy || give < want;
        message.granted += (int) give;
        int n = active().size();
        int r = (int)
                active().stream().filter(m -> BY_RANK.compare(m, message) < 0).count();
        int top = settings.maxSchedPrio;
        int level = Math.max(0, top - r - Math.max(0, top + 1 - n));
        grants.add(message.id + ":" + message.granted + "@" + level);
        fifoGrant(nowNs);
    }

    private long fifoLimit() {
        return window() + 2L * settings.fifoIncrement;
    }

    private static boolean fifoCandidate(Message message) {
        return message.granted < message.length && !message.unresponsive;
    }

    private void fifoGrant(long nowNs) {
        if (settings.fifoIncrement == 0 || settings.fifoFraction == 0 || (fifoStarted && nowNs < fifoNextNs)) {
            return;
        }
        fifoStarted = true;
        fifoNextNs =
                nowNs + settings.fifoIncrement * 8L * 1000 * 1000 / ((long) settings.linkMbps * settings.fifoFraction);
        fifoChoice = fifoChoice.filter(m -> m.granted < m.length);
        while (true) {
            Optional<Message> chosen = fifoChoice.isPresent()
                    ? fifoChoice
                    : messages.stream().filter(ReferenceGrants::fifoCandidate).min(BY_AGE);
            if (chosen.isEmpty()) {
                return;
            }
            Message message = chosen.get();
            if (message.incoming() < fifoLimit()) {
                fifoChoice = chosen;
                message.granted = Math.min(message.length, message.granted + settings.fifoIncrement);
                grants.add(message.id + ":" + message.granted + "@" + (settings.numPriorities - 2) + "f");
                return;
            }
            message.unresponsive = true;
            fifoChoice = Optional.empty();
        }
    }
}
