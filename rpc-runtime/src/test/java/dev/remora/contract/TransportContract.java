package dev.remora.contract;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/**
 * All a transport must do, whatever carries it. Subclass it per transport (and per variant of its settings) and give the
 * fixture. After each test everything is closed and it is checked that every call ended exactly once and that neither
 * threads named {@code remora-...} nor, where the fixture can count them, message buffers are left.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
public abstract class TransportContract
        implements MessageContract, ConcurrencyContract, CancelContract, LossContract, ServingContract, StressContract {
    private @Nullable TransportRig rig;

    @BeforeEach
    void open() {
        rig = new TransportRig(fixture());
    }

    @AfterEach
    void closeAndCheck() {
        rig().close();
    }

    @Override
    public final TransportRig rig() {
        if (rig == null) {
            throw new IllegalStateException("the rig exists only during a test");
        }
        return rig;
    }
}
