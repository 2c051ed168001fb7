package dev.remora.testing;

import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import dev.remora.spi.Transport;
import dev.remora.testing.fault.Faults;
import dev.remora.testing.leak.BufferWatch;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Server, channel and their transports while they run. */
final class RunningServices {
    /** Buffers whose origin is told. */
    private static final int MAX_ORIGINS = 3;

    private static final long POLL_MS = 2;

    private final BufferWatch buffers;
    private final Transport serverSide;
    private final Transport clientSide;
    private final RemoraServer server;
    private final RemoraChannel channel;

    private RunningServices(
            BufferWatch buffers,
            Transport serverSide,
            Transport clientSide,
            RemoraServer server,
            RemoraChannel channel) {
        this.buffers = buffers;
        this.serverSide = serverSide;
        this.clientSide = clientSide;
        this.server = server;
        this.channel = channel;
    }

    static RunningServices start(RemoraExtension.Builder builder, Faults faults) {
        BufferWatch buffers = new BufferWatch();
        Transport serverSide = faults.around(buffers.around(builder.transport.get()));
        try {
            RemoraServer.Builder server =
                    RemoraServer.builder(serverSide).address(builder.address).settings(builder.serverSettings);
            builder.services.forEach(server::service);
            builder.serverInterceptors.forEach(server::interceptor);
            RemoraServer started = server.start();
            Transport clientSide = faults.around(buffers.around(builder.transport.get()));
            RemoraChannel.Builder channel = RemoraChannel.builder(clientSide)
                    .target(started.localAddress())
                    .settings(builder.clientSettings);
            builder.clientInterceptors.forEach(channel::interceptor);
            return new RunningServices(buffers, serverSide, clientSide, started, channel.build());
        } catch (RuntimeException e) {
            serverSide.close();
            throw e;
        }
    }

    RemoraServer server() {
        return server;
    }

    RemoraChannel channel() {
        return channel;
    }

    Transport clientTransport() {
        return clientSide;
    }

    /** @throws AssertionError if calls do not end in time */
    void checkCalls(Duration patience) {
        if (!within(patience, () -> channel.outstanding() == 0 && server.callsInProgress() == 0)) {
            throw new AssertionError("the test left calls behind: " + channel.outstanding() + " made and "
                    + server.callsInProgress() + " being served had not ended " + patience.toMillis()
                    + " ms after it. End them in the test; a handler sees by CallContext.onCancel that nobody waits for it"
                    + " any more");
        }
    }

    /** Ends everything, whatever is wrong, then tells what is. */
    void stop(Duration patience) {
        try (serverSide;
                clientSide;
                server;
                channel) {
            checkCalls(patience);
        }
        if (!within(patience, () -> buffers.inUse() == 0)) {
            throw leaked();
        }
    }

    private AssertionError leaked() {
        List<Throwable> origins = buffers.origins();
        AssertionError leak = new AssertionError(origins.size()
                + " message buffers were never released; the suppressed exceptions show where "
                + (origins.size() > MAX_ORIGINS ? "some of them" : "they") + " came from");
        origins.stream().limit(MAX_ORIGINS).forEach(leak::addSuppressed);
        return leak;
    }

    /** Waits until it is so; there is nobody to tell that it is. */
    private static boolean within(Duration patience, BooleanSupplier condition) {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() >= end) {
                return false;
            }
            try {
                Thread.sleep(POLL_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return condition.getAsBoolean();
            }
        }
        return true;
    }
}
