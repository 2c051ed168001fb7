package dev.remora.homa.protocol;

import java.util.Locale;

/** What an endpoint has under way, as text for people who ask why something does not go on. */
final class StateText {
    private static final int MOST_RPCS = 100;
    private static final double NS_PER_MS = 1e6;

    private final Core core;
    private final StringBuilder text = new StringBuilder();

    private StateText(Core core) {
        this.core = core;
    }

    static String of(Core core) {
        StateText state = new StateText(core);
        state.grants();
        state.rpcs();
        return state.text.toString();
    }

    private void add(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values));
    }

    private void grants() {
        AddressState all = core.address;
        add(
                "grants: %d of %d bytes incoming, %d in all shards; %d messages active, %d of them without budget, %d queued;"
                        + " round trip %d us; %d control packets to send%n",
                core.grants.totalIncoming(),
                core.grantSettings.maxIncoming,
                all == null ? core.grants.totalIncoming() : all.totalIncoming(),
                core.grants.active(),
                core.grants.needy(),
                core.grants.queued(),
                core.sizes.typicalRttNs() / 1_000,
                core.control.size());
    }

    private void rpcs() {
        int shown = 0;
        int more = 0;
        for (int slot = 0; slot < core.rpcs.slotsMade(); slot++) {
            Rpc rpc = core.rpcs.slot(slot);
            if (rpc == null || rpc.state == Rpc.State.FREE) {
                continue;
            }
            if (shown < MOST_RPCS) {
                shown++;
                rpc(rpc);
            } else {
                more++;
            }
        }
        if (more > 0) {
            add("and %d RPCs more%n", more);
        }
    }

    private void rpc(Rpc rpc) {
        add(
                "%s %x, port %d with %d, %s: begun %.1f ms ago, silent for %.1f",
                rpc.client ? "client" : "server",
                rpc.id,
                rpc.localPort,
                rpc.peerPort,
                rpc.state,
                (core.nowNs - rpc.times.startNs) / NS_PER_MS,
                (core.aliveNs - rpc.silentSinceNs) / NS_PER_MS);
        if (rpc.state == Rpc.State.OUTGOING) {
            SentMessage out = rpc.out;
            add(
                    "; sent %d of %d, granted %d%s%s",
                    out.next,
                    out.length,
                    out.granted,
                    out.queued() ? ", queued" : "",
                    out.resendPending() ? ", to be sent again in part" : "");
        }
        if (rpc.state == Rpc.State.INCOMING) {
            incoming(rpc.in);
        }
        RpcTimes times = rpc.times;
        add(
                "; RESENDs %d sent, %d of them since the last progress, %d received; %d packets sent again, %d BUSY; ",
                times.resendsSent, rpc.asked, times.resendsReceived, times.packetsRetransmitted, times.busyReceived);
        if (rpc.scheduled()) {
            add("timer in %.1f ms%n", (rpc.deadlineNs() - core.aliveNs) / NS_PER_MS);
        } else {
            add("no timer%n");
        }
    }

    private void incoming(IncomingMessage in) {
        add(
                "; received %d of %d, granted %d, up to %d with %d gaps, %s%s",
                in.received,
                in.length,
                in.granted,
                in.gaps.recvEnd(),
                in.gaps.gapCount(),
                core.grants.isActive(in) ? "active" : core.grants.isManaged(in) ? "queued" : "needs no grant",
                in.waitsForBuffer ? ", waits for a buffer" : "");
    }
}
