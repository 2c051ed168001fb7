package dev.remora.contract;

import dev.remora.spi.Endpoint;
import dev.remora.spi.Transport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/**
 * What streams promise on every transport: order, bounded memory and back-pressure in both directions, ends of every kind,
 * bounds, compression, openings that go elsewhere, what calls of any shape have, and that nothing is left of them. Subclass it
 * per transport.
 */
@Timeout(120)
public abstract class StreamContract
        implements StreamOrderContract,
                StreamFlowContract,
                StreamEndContract,
                StreamCancelContract,
                StreamBoundsContract,
                StreamCompressionContract,
                StreamWireContract,
                StreamOpeningContract,
                StreamCallContract,
                StreamLossContract,
                StreamDrainContract,
                StreamStressContract {
    private @Nullable StreamRig rig;

    /** A transport with its default settings; the suite closes it. */
    protected abstract Transport newTransport();

    /** An address to listen on that is free, or has port 0. */
    protected abstract Endpoint freshAddress();

    /** Message buffers of all transports made here that nobody has released; 0 if the transport cannot tell. */
    protected long buffersInUse() {
        return 0;
    }

    @BeforeEach
    void open() {
        rig = new StreamRig(this::newTransport, this::freshAddress);
    }

    @AfterEach
    void closeAndCheck() {
        rig().close();
        Patience.until(() -> buffersInUse() == 0, "every message buffer released; there are " + buffersInUse());
    }

    @Override
    public final StreamRig rig() {
        if (rig == null) {
            throw new IllegalStateException("the rig exists only during a test");
        }
        return rig;
    }
}
