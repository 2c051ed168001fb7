package dev.remora.homa.protocol;

import dev.remora.homa.protocol.peer.Peer;
import dev.remora.homa.protocol.receive.Gaps;
import dev.remora.homa.protocol.wire.HomaHeader;

/**
 * What silence means. Each RPC has one timer. A client that is owed something asks for it again and in the end gives up; a
 * server asks for the rest of a request, or for the acknowledgment of its response, with growing distance, and gives up too
 * (the kernel module would ask for ever). Time is the endpoint's own, which stands still while the process is paused.
 */
final class RpcTimers {
    /** A peer that is alive but never acknowledges is given up after this many give-up times. */
    private static final int PATIENCE_WITH_THE_LIVING = 10;

    private static final int MAX_DOUBLINGS = 5;
    /** The wait before an answer is asked for takes at most so much of the time after which a silent peer is given up. */
    private static final int ASKED_IN_TIMEOUT = 8;

    /** When no data come from anybody for so long, nothing stands in a queue to us. */
    private static final int IDLE_TICKS = 2;

    private final Core core;
    private final long resendNs;
    private final long intervalNs;
    private final long idleNs;
    private final long timeoutNs;
    private final long requestAckNs;
    private final long needAckMostNs;
    private final long giveUpNs;

    RpcTimers(Core core) {
        this.core = core;
        HomaConfig config = core.config;
        resendNs = config.get(Tunable.RESEND_TICKS) * core.tickNs;
        intervalNs = config.get(Tunable.RESEND_INTERVAL) * core.tickNs;
        idleNs = IDLE_TICKS * core.tickNs;
        timeoutNs = config.get(Tunable.TIMEOUT_TICKS) * core.tickNs;
        requestAckNs = config.get(Tunable.REQUEST_ACK_TICKS) * core.tickNs;
        needAckMostNs = config.get(Tunable.NEED_ACK_MAX_TICKS) * core.tickNs;
        giveUpNs = config.get(Tunable.NEED_ACK_GIVE_UP_TICKS) * core.tickNs;
    }

    void run() {
        for (Rpc rpc = core.timers.pollExpired(core.aliveNs);
                rpc != null;
                rpc = core.timers.pollExpired(core.aliveNs)) {
            check(rpc);
        }
    }

    private void check(Rpc rpc) {
        switch (rpc.state) {
            case OUTGOING -> {
                if (rpc.client) {
                    checkSilence(rpc, rpc.out.next >= rpc.out.granted);
                } else {
                    checkResponse(rpc);
                }
            }
            case INCOMING -> {
                if (rpc.in.waitsForBuffer && core.aliveNs - rpc.in.waitsSinceNs >= giveUpNs) {
                    // The message may be longer than all buffers together; its sender has given up by now.
                    timeOut(rpc);
                } else {
                    // Of a message of which nothing is here everything was asked for, even if nothing is granted.
                    boolean owed = rpc.in.received == 0 || rpc.in.received < rpc.in.granted;
                    checkSilence(rpc, !rpc.in.waitsForBuffer && owed);
                }
            }
            case FREE, IN_SERVICE, COMPLETE, FAILED, DONE -> {
                // nothing is owed to us
            }
        }
    }

    private void checkSilence(Rpc rpc, boolean owed) {
        long now = core.aliveNs;
        if (!owed) {
            rpc.silentSinceNs = now;
            core.watch(rpc);
            return;
        }
        long silent = now - rpc.silentSinceNs;
        if (silent >= timeoutNs) {
            timeOut(rpc);
            return;
        }
        long quietNs = backOff(rpc.state == Rpc.State.OUTGOING ? answerNs(rpc) : resendNs, rpc.asked);
        if (silent < quietNs) {
            core.timers.schedule(rpc, rpc.silentSinceNs + quietNs);
            return;
        }
        long patienceNs = Math.min(mayBeOvertaken(rpc) ? core.sizes.patienceNs() : 0, timeoutNs / 2);
        long idleAtNs = core.lastDataNs + idleNs;
        if (silent < patienceNs && now < idleAtNs) {
            core.timers.schedule(rpc, Math.min(rpc.silentSinceNs + patienceNs, idleAtNs));
            return;
        }
        if (rpc.nextResendNs <= now) {
            askAgain(rpc);
            rpc.nextResendNs = now + backOff(intervalNs, rpc.asked++);
        }
        core.timers.schedule(rpc, Math.min(rpc.nextResendNs, rpc.silentSinceNs + timeoutNs));
    }

    /**
     * When to ask for an answer. While queues on the way are long, a request that only stands in one must not be sent again: the
     * queue would become longer, and stay so for good. So twice what answers of the server take of late are waited for.
     */
    private long answerNs(Rpc rpc) {
        long most = Math.max(resendNs, timeoutNs / ASKED_IN_TIMEOUT);
        return Math.clamp(2 * rpc.peer().answerTime.ns(), resendNs, most);
    }

    /**
     * Doubles with each time that was asked for nothing. The module always asks at the same distance; but where thousands of RPCs
     * wait for a server that has no CPU left, answering them all so often takes what it would need to serve them.
     */
    private long backOff(long ns, int asked) {
        return Math.min(ns << Math.min(asked, MAX_DOUBLINGS), Math.max(ns, timeoutNs / 4));
    }

    /**
     * Whether what is missing may be under way, behind packets of more urgent messages. A gap among the unscheduled bytes is a
     * loss, since they have one level. Granted ones have several: a message with little left gets a better one, and what it
     * sends then overtakes what it sent before.
     */
    private static boolean mayBeOvertaken(Rpc rpc) {
        IncomingMessage in = rpc.in;
        return rpc.state == Rpc.State.INCOMING
                && in.received > 0
                && (in.gaps.gapCount() == 0 || in.gaps.gapEnd(0) > in.unscheduled);
    }

    private void timeOut(Rpc rpc) {
        core.metrics.add(Counter.RPC_TIMEOUTS);
        if (rpc.client) {
            core.fail(rpc, RpcError.TIMED_OUT);
        } else {
            core.endServer(rpc, RpcError.TIMED_OUT, false);
        }
    }

    /** Sends RESENDs for all that is missing of what has been granted: one for each gap and one for the rest. */
    void askAgain(Rpc rpc) {
        IncomingMessage in = rpc.in;
        if (!in.begun || in.received == 0) {
            resend(rpc, 0, -1);
            return;
        }
        askForGaps(rpc);
        int end = in.gaps.recvEnd();
        if (end < in.granted) {
            resend(rpc, end, in.granted - end);
        }
    }

    void askForGaps(Rpc rpc) {
        Gaps gaps = rpc.in.gaps;
        for (int i = 0; i < gaps.gapCount(); i++) {
            resend(rpc, gaps.gapStart(i), gaps.gapEnd(i) - gaps.gapStart(i));
        }
    }

    private void resend(Rpc rpc, int offset, int length) {
        core.send(HomaHeader.RESEND, rpc, offset, length, core.topLevel);
        core.trace.record(core.nowNs, EventTrace.Kind.RESEND_SENT, rpc.id, offset, length);
        rpc.times.resendsSent++;
    }

    /** A response on its way out: is it acknowledged, and is the client alive at all? */
    private void checkResponse(Rpc rpc) {
        long now = core.aliveNs;
        Peer peer = rpc.peer();
        boolean sent = rpc.out.fullySent();
        long since = sent ? rpc.sentAllNs : rpc.silentSinceNs;
        long quiet = now - Math.max(peer.lastHeardNs, since);
        if (quiet >= giveUpNs || now - since >= PATIENCE_WITH_THE_LIVING * giveUpNs) {
            core.metrics.add(Counter.NEED_ACK_GIVEN_UP);
            core.endServer(rpc, RpcError.GIVEN_UP, true);
            return;
        }
        if (rpc.needAckNs <= now) {
            if (sent) {
                core.send(HomaHeader.NEED_ACK, rpc, 0, 0, 0);
            } else if (rpc.out.next >= rpc.out.granted && rpc.needAckDistanceNs > 0) {
                // Asks for nothing beyond the end of the request: a live client says BUSY, a new one RPC_UNKNOWN.
                core.send(HomaHeader.RESEND, rpc, rpc.in.length, 0, core.topLevel);
            }
            rpc.needAckDistanceNs = Math.min(needAckMostNs, Math.max(2 * core.tickNs, 2 * rpc.needAckDistanceNs));
            rpc.needAckNs = now + rpc.needAckDistanceNs;
        }
        core.timers.schedule(rpc, rpc.needAckNs);
    }

    /** All of the RPC's message has been handed to the link. */
    void onAllSent(Rpc rpc) {
        if (rpc.client) {
            rpc.silentSinceNs = core.aliveNs;
            core.watch(rpc);
        } else {
            rpc.needAckDistanceNs = 0;
            rpc.needAckNs = core.aliveNs + requestAckNs;
            core.timers.schedule(rpc, rpc.needAckNs);
        }
    }

    /** A response has begun and waits for grants or the link. */
    void onResponseBegun(Rpc rpc) {
        rpc.silentSinceNs = core.aliveNs;
        rpc.needAckDistanceNs = 0;
        rpc.needAckNs = core.aliveNs + resendNs;
        core.timers.schedule(rpc, rpc.needAckNs);
    }
}
