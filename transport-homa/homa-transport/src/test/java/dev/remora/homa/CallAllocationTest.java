package dev.remora.homa;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.remora.contract.ContractSettings;
import dev.remora.contract.Patience;
import dev.remora.homa.net.QuietNetwork;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.ServerExchange;
import dev.remora.spi.TransportCall;
import dev.remora.spi.TransportException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an echo through the whole transport leaves to the garbage collector, measured on all threads that work for it. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class CallAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /**
     * The call itself, and the exchange itself: whoever got one may keep it for ever, and cancel or answer it at the wrong
     * time, which must not hit the call of somebody else. So these two are not used again.
     */
    private static final int CALL_BYTES = 64;

    private static final int EXCHANGE_BYTES = 72;
    /** What the virtual machine itself may do now and then, in bytes in a round. */
    private static final int NOISE_BYTES = 4_096;

    private static final int ROUNDS = 4;
    /** Of the calls that compile the code, this part is a round: an object of each call still stands out from the noise. */
    private static final int ROUND_PART = 4;

    private final HomaTransport serving;
    private final HomaTransport calling;
    private final Thread[] serverThreads;
    private final Thread[] clientThreads;

    CallAllocationTest() {
        List<QuietNetwork> networks = QuietNetwork.pair();
        ContractSettings settings = ContractSettings.of(
                new HomaTransportProvider(), Map.of("protocol.timeout-ticks", "" + HomaFixture.PATIENT_TICKS));
        List<Thread> before = engines();
        serving = new HomaTransport(networks.get(0), settings);
        serverThreads =
                engines().stream().filter(thread -> !before.contains(thread)).toArray(Thread[]::new);
        List<Thread> withServer = engines();
        calling = new HomaTransport(networks.get(1), settings);
        clientThreads = engines().stream()
                .filter(thread -> !withServer.contains(thread))
                .toArray(Thread[]::new);
    }

    @AfterEach
    void close() {
        calling.close();
        serving.close();
    }

    private static List<Thread> engines() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("remora-homa-"))
                .toList();
    }

    private static long allocated(Thread[] threads) {
        long bytes = 0;
        for (Thread thread : threads) {
            bytes += THREADS.getThreadAllocatedBytes(thread.threadId());
        }
        return bytes;
    }

    private static void echo(ServerExchange exchange, MessageBuffer request) {
        MessageBuffer response = exchange.allocate(request.size());
        response.bytes().put(request.bytes());
        request.release();
        exchange.respond(response);
    }

    /** Waits for one call after the other, and makes no garbage of its own. */
    private static final class Slot implements ResponseHandler {
        private final Thread waiter = Thread.currentThread();
        private final boolean drives;
        private final int bytes;
        private @Nullable TransportCall call;
        private volatile boolean done = true;
        volatile @Nullable TransportException failure;

        Slot(boolean drives, int bytes) {
            this.drives = drives;
            this.bytes = bytes;
        }

        void start(ClientTransport client) {
            done = false;
            MessageBuffer request = client.allocate(bytes);
            request.bytes().position(bytes).flip();
            call = client.call(request, 0, this);
        }

        void await() {
            TransportCall mine = call;
            while (!done) {
                if (!drives || mine == null || !mine.drive()) {
                    // Not for good: the call before may have used up the permit.
                    LockSupport.parkNanos(1_000_000);
                }
            }
        }

        @Override
        public boolean willDrive() {
            return drives;
        }

        @Override
        public void onResponse(MessageBuffer response) {
            response.release();
            done = true;
            LockSupport.unpark(waiter);
        }

        @Override
        public void onFailure(TransportException e) {
            failure = e;
            done = true;
            LockSupport.unpark(waiter);
        }
    }

    @ParameterizedTest
    @CsvSource({"100, 1, true, 20000", "100, 1, false, 20000", "100, 16, false, 20000", "20000, 4, true, 4000"})
    void echoAllocatesItsCallAndItsExchange(int bytes, int outstanding, boolean drives, int warmUpCalls) {
        int calls = warmUpCalls / ROUND_PART;
        Endpoint address = serving.listen(new Endpoint("10.0.0.1", 0), CallAllocationTest::echo)
                .localAddress();
        ClientTransport client = calling.connect(address);
        Slot[] slots = new Slot[outstanding];
        for (int i = 0; i < outstanding; i++) {
            slots[i] = new Slot(drives, bytes);
        }
        run(client, slots, warmUpCalls);
        long leastClient = Long.MAX_VALUE;
        long leastServer = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long self = THREADS.getCurrentThreadAllocatedBytes();
            long clientBefore = allocated(clientThreads);
            long serverBefore = allocated(serverThreads);
            run(client, slots, calls);
            leastServer = Math.min(leastServer, allocated(serverThreads) - serverBefore);
            leastClient = Math.min(
                    leastClient,
                    allocated(clientThreads) - clientBefore + THREADS.getCurrentThreadAllocatedBytes() - self);
        }
        System.out.println("per echo of " + bytes + " bytes, " + outstanding + " at a time"
                + (drives ? ", driven: " : ": ") + (double) leastClient / calls + " bytes in the client, "
                + (double) leastServer / calls + " in the server");
        for (Slot slot : slots) {
            assertThat(slot.failure).isNull();
        }
        assertThat(leastClient)
                .as("bytes of %d calls in the client", calls)
                .isLessThan((long) CALL_BYTES * calls + NOISE_BYTES);
        assertThat(leastServer)
                .as("bytes of %d calls in the server", calls)
                .isLessThan((long) EXCHANGE_BYTES * calls + NOISE_BYTES);
        Patience.until(() -> calling.buffersInUse() == 0 && serving.buffersInUse() == 0, "all memory comes back");
    }

    private static void run(ClientTransport client, Slot[] slots, int calls) {
        for (int i = 0; i < calls; i++) {
            Slot slot = slots[i % slots.length];
            slot.await();
            slot.start(client);
        }
        for (Slot slot : slots) {
            slot.await();
        }
    }
}
