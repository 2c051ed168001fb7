package dev.remora.dpdk;

import java.io.Serial;

/** A device cannot be opened or started yet, as its other end is not there; trying again later can help. */
public final class DeviceNotReadyException extends DpdkException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Creates one; see {@link DpdkException}. */
    public DeviceNotReadyException(String problem, String remedy) {
        super(problem, remedy);
    }
}
