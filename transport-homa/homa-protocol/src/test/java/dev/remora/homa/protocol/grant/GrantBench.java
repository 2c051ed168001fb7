package dev.remora.homa.protocol.grant;

import java.util.ArrayList;
import java.util.List;

/** A scheduler with its settings, and the grants it made as readable lines. */
final class GrantBench {

    final GrantSettings settings = new GrantSettings();
    final List<String> grants = new ArrayList<>();
    final GrantScheduler scheduler = new GrantScheduler(
            settings,
            (message, offset, level, fifo) ->
                    grants.add(message + " " + offset + " level " + level + (fifo ? " fifo" : "")));
    long nowNs;

    /** A message with a name. */
    static final class Named extends Grantable {
        private final String name;

        Named(String name) {
            this.name = name;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static GrantBench withoutFifo() {
        GrantBench bench = new GrantBench();
        bench.settings.fifoIncrement = 0;
        return bench;
    }

    Named message(String name, PeerGrants peer, int length, int unscheduled) {
        Named message = new Named(name);
        message.peer = peer;
        message.length = length;
        message.unscheduled = unscheduled;
        message.granted = unscheduled;
        message.birthNs = nowNs++;
        return message;
    }

    /** A message whose first bytes arrive at once. */
    Named arriving(String name, PeerGrants peer, int length, int unscheduled, int received) {
        Named message = message(name, peer, length, unscheduled);
        receive(message, received);
        return message;
    }

    /** Reports that so many bytes have arrived in all, and returns the grants made then. */
    List<String> receive(Grantable message, int received) {
        grants.clear();
        message.received = received;
        scheduler.onData(message, nowNs);
        return List.copyOf(grants);
    }

    List<String> die(Grantable message) {
        grants.clear();
        scheduler.onDead(message, nowNs);
        return List.copyOf(grants);
    }

    List<String> tick() {
        grants.clear();
        scheduler.onTick(nowNs);
        return List.copyOf(grants);
    }
}
