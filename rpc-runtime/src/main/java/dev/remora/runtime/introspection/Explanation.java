package dev.remora.runtime.introspection;

import dev.remora.runtime.metrics.Side;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Says where a call's time went:
 *
 * <pre>
 * 212 ms = queued 0.2 ms + sending 0.1 ms + waiting for 10.0.0.1:7000 211 ms (server: queued 0.1 ms, handler 205 ms;
 * network and transport 6.5 ms) + receiving 0.2 ms; mostly the handler
 * </pre>
 */
final class Explanation {
    private static final double NS_PER_MS = 1e6;

    /** Below this nobody asks where the time went. */
    private static final long MIN_BLAMED_NS = 1_000_000;

    private Explanation() {}

    static String of(CallReport call) {
        String blamed = blamed(call);
        return time(call.durationNs()) + " = " + phases(call) + (blamed == null ? "" : "; mostly " + blamed);
    }

    /** The phases alone, joined by plus signs. */
    static String phases(CallReport call) {
        StringBuilder text = new StringBuilder();
        for (PhaseTime time : call.phases()) {
            text.append(text.isEmpty() ? "" : " + ").append(name(call, time.phase()));
            text.append(' ').append(time(time.ns()));
            ServerTimes server = call.server();
            if (time.phase() == CallPhase.WAITING && server != null) {
                text.append(" (server: queued ").append(time(server.queuedNs()));
                text.append(", handler ").append(time(server.handlingNs()));
                text.append("; network and transport ").append(time(elsewhereNs(time, server)));
                text.append(')');
            }
        }
        return text.toString();
    }

    private static String name(CallReport call, CallPhase phase) {
        return switch (phase) {
            case WAITING -> "waiting for " + (call.peer().isEmpty() ? "the server" : call.peer());
            case HANDLING -> "handler";
            case QUEUED, SENDING, RECEIVING, RESPONDING -> phase.word();
        };
    }

    /** What took more than half of a call that took long; null if nothing did. */
    private static @Nullable String blamed(CallReport call) {
        long half = call.durationNs() / 2;
        if (call.durationNs() < MIN_BLAMED_NS) {
            return null;
        }
        for (PhaseTime time : call.phases()) {
            if (time.ns() > half) {
                return switch (time.phase()) {
                    case QUEUED ->
                        call.side() == Side.CLIENT
                                ? "the time before a server was picked"
                                : "the wait for the handler to start";
                    case SENDING -> "writing the request";
                    case RECEIVING -> "reading the response";
                    case RESPONDING -> "writing the response";
                    case HANDLING -> "the handler";
                    case WAITING -> blamedElsewhere(time, call.server(), half);
                };
            }
        }
        return null;
    }

    private static @Nullable String blamedElsewhere(PhaseTime waiting, @Nullable ServerTimes server, long half) {
        if (server == null) {
            return "the server or the way there and back; the server did not tell its part";
        }
        if (server.handlingNs() > half) {
            return "the handler";
        }
        if (server.queuedNs() > half) {
            return "the wait in the server for the handler to start";
        }
        return elsewhereNs(waiting, server) > half ? "network and transport" : null;
    }

    private static long elsewhereNs(PhaseTime waiting, ServerTimes server) {
        return Math.max(0, waiting.ns() - server.totalNs());
    }

    /** Such as 0.02 ms, 1.3 ms, 205 ms, 3.2 s. */
    static String time(long ns) {
        double ms = ns / NS_PER_MS;
        if (ms >= 1000) {
            return String.format(Locale.ROOT, "%.1f s", ms / 1000);
        }
        return String.format(Locale.ROOT, ms >= 10 ? "%.0f ms" : ms >= 0.1 ? "%.1f ms" : "%.2f ms", ms);
    }
}
