package dev.remora.homa.protocol;

import dev.remora.homa.protocol.receive.Gaps;
import org.jspecify.annotations.Nullable;

/** Checks what must hold of an endpoint's state between two inputs. */
final class StateCheck {
    private StateCheck() {}

    static @Nullable String check(Core core) {
        int clients = 0;
        int servers = 0;
        for (int slot = 0; slot < core.rpcs.slotsMade(); slot++) {
            Rpc rpc = core.rpcs.slot(slot);
            if (rpc == null || rpc.state == Rpc.State.FREE) {
                continue;
            }
            if (rpc.client) {
                clients++;
            } else if (rpc.state != Rpc.State.DONE) {
                servers++;
            }
            String wrong = checkRpc(core, rpc);
            if (wrong != null) {
                return "RPC " + Long.toHexString(rpc.id) + " in " + rpc.state + ": " + wrong;
            }
        }
        if (clients != core.rpcs.clientCount() || servers != core.rpcs.serverCount()) {
            return "slots in use: " + clients + " client, " + servers + " server; counted " + core.rpcs.clientCount()
                    + ", " + core.rpcs.serverCount();
        }
        if (core.grants.grantable() == 0 && core.grants.totalIncoming() != 0) {
            return "nothing grantable, but " + core.grants.totalIncoming() + " bytes incoming";
        }
        if (core.grants.active() + core.grants.queued() != core.grants.grantable()) {
            return "active and queued messages do not add up";
        }
        return null;
    }

    private static @Nullable String checkRpc(Core core, Rpc rpc) {
        if (rpc.client != ((rpc.id & 1) == 0)) {
            return "id and role differ";
        }
        if (rpc.state == Rpc.State.OUTGOING) {
            SentMessage out = rpc.out;
            if (out.unscheduled > out.granted || out.granted > out.length || out.next > out.length) {
                return "sent " + out.next + ", unscheduled " + out.unscheduled + ", granted " + out.granted + " of "
                        + out.length;
            }
        }
        IncomingMessage in = rpc.in;
        if (rpc.state == Rpc.State.INCOMING) {
            if (in.unscheduled > in.granted || in.granted > in.length) {
                return "unscheduled " + in.unscheduled + ", granted " + in.granted + " of " + in.length;
            }
            boolean owed = in.received < in.granted || in.waitsForBuffer || in.inBurst;
            if (!owed && !core.grants.isManaged(in)) {
                return "nothing is owed and nothing will be granted, at " + in.received + " of " + in.length;
            }
            return checkGaps(in.gaps, in.received);
        }
        return null;
    }

    private static @Nullable String checkGaps(Gaps gaps, int received) {
        int missing = 0;
        int before = -1;
        for (int i = 0; i < gaps.gapCount(); i++) {
            int start = gaps.gapStart(i);
            int end = gaps.gapEnd(i);
            if (start <= before || start >= end || end > gaps.recvEnd()) {
                return "gap " + i + " is [" + start + ", " + end + ") after " + before;
            }
            before = end - 1;
            missing += end - start;
        }
        return gaps.recvEnd() - missing == received ? null : "received bytes and gaps do not add up";
    }
}
