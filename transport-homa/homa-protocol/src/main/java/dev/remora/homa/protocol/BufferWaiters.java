package dev.remora.homa.protocol;

import dev.remora.homa.protocol.receive.MessageBuffer;
import dev.remora.homa.protocol.wire.HomaHeader;
import java.util.Arrays;

/**
 * Messages that have begun but found no receive buffer. Their data are dropped and nothing is granted to them; when there is
 * room again the shortest gets it first and asks its sender for everything.
 */
final class BufferWaiters {
    private final Core core;
    /** Longest first, so that the one served next is at the end. Bounded by the tables of RPCs. */
    private IncomingMessage[] waiting = new IncomingMessage[16];

    private int size;

    BufferWaiters(Core core) {
        this.core = core;
    }

    void add(IncomingMessage message) {
        if (size == waiting.length) {
            waiting = Arrays.copyOf(waiting, size * 2);
        }
        int at = size++;
        while (at > 0 && waiting[at - 1].length < message.length) {
            waiting[at] = waiting[at - 1];
            at--;
        }
        waiting[at] = message;
        message.waitsForBuffer = true;
        message.waitsSinceNs = core.aliveNs;
        core.metrics.add(Counter.BUFFER_ALLOC_FAILURES);
    }

    void remove(IncomingMessage message) {
        if (!message.waitsForBuffer) {
            return;
        }
        message.waitsForBuffer = false;
        int at = 0;
        while (waiting[at] != message) {
            at++;
        }
        size--;
        System.arraycopy(waiting, at + 1, waiting, at, size - at);
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Tries again; called when a buffer came back and on ticks. */
    void serve() {
        while (size > 0) {
            IncomingMessage message = waiting[size - 1];
            MessageBuffer buffer = core.buffers.allocate(message.length);
            if (buffer == null) {
                return;
            }
            size--;
            message.waitsForBuffer = false;
            message.buffer = buffer;
            Rpc rpc = message.rpc;
            rpc.silentSinceNs = core.aliveNs;
            rpc.times.resendsSent++;
            core.send(HomaHeader.RESEND, rpc, 0, -1, Math.max(0, core.numPriorities - 2));
            core.watch(rpc);
            if (message.granted == 0) {
                // Nothing was promised, so nobody would ask a second time if this RESEND got lost: a grant is owed.
                core.grants.onData(message, core.nowNs);
            }
        }
    }
}
