package dev.remora.dpdk.port;

import dev.remora.dpdk.DpdkException;
import java.io.Serial;

/**
 * A frame that the port cannot send. Nothing of the burst was handed to the driver: the array holds all its mbufs, and the
 * caller still owns them. Take out the one at {@link #index()} to send the others.
 */
public final class FrameRefusedException extends DpdkException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int index;

    FrameRefusedException(int index, String problem, String remedy) {
        super(problem, remedy);
        this.index = index;
    }

    /** Which entry of the array. */
    public int index() {
        return index;
    }
}
