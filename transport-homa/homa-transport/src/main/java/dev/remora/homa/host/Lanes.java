package dev.remora.homa.host;

import dev.remora.homa.link.DpdkFrameQueue;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The queues of a device as ways of several ports: they are taken into use and given up together. Its pair's thread only. */
final class Lanes {
    private static final Logger log = LoggerFactory.getLogger(Lanes.class);

    private final HostPorts ports;
    private final int[] engines;
    private final List<Way> ways = new ArrayList<>();

    /**
     * Makes them; {@link #add} takes them into use.
     *
     * @param queues one for each way, to peer
     * @param engines of ours, one for each queue
     * @param bells of the peer's engines at the other ends, likewise
     */
    Lanes(HostPorts ports, List<DpdkFrameQueue> queues, int peer, int own, int[] engines, List<Bell> bells) {
        this.ports = ports;
        this.engines = engines;
        for (int i = 0; i < queues.size(); i++) {
            ways.add(new Way(HostAddress.low(peer), HostAddress.low(own), queues.get(i), true, bells.get(i)));
        }
    }

    /** Engines that have a way to the peer. */
    boolean leadFrom(int engine) {
        for (int each : engines) {
            if (each == engine) {
                return true;
            }
        }
        return false;
    }

    /** Waits until all ports use their ways; false if one does not in time. */
    boolean add(long timeoutNs) throws InterruptedException {
        for (int i = 0; i < engines.length; i++) {
            if (!ports.get(engines[i]).add(ways.get(i), timeoutNs)) {
                return false;
            }
        }
        return true;
    }

    /** The device must not go while an engine may use it, so this waits as long as it takes. */
    void remove(long reminderNs) {
        boolean interrupted = Thread.interrupted();
        for (int i = 0; i < engines.length; ) {
            try {
                if (ports.get(engines[i]).remove(ways.get(i), reminderNs)) {
                    i++;
                } else {
                    log.warn("engine {} does not give up the device to a peer", engines[i]);
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
