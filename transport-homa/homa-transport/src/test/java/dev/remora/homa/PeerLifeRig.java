package dev.remora.homa;

import dev.remora.homa.host.EchoProcess;
import dev.remora.spi.Endpoint;
import dev.remora.spi.TransportException.Reason;
import java.time.Duration;
import java.util.Set;

/** A transport of this process, and processes with others that it talks with. Opened for one test. */
interface PeerLifeRig extends AutoCloseable {
    /**
     * What may be asked of this kind.
     *
     * @param calls held by a server when it is killed; so many more have not arrived then
     * @param atOnce of the held ones so many are sent before it is waited for them
     * @param noticedWithin this time after a peer's end all calls to it have failed
     * @param ends what they fail with
     * @param pause how long a process stands still
     * @param bystander whether another server can be there meanwhile
     */
    record Terms(int calls, int atOnce, Duration noticedWithin, Set<Reason> ends, Duration pause, boolean bystander) {}

    Terms terms();

    HomaTransport transport();

    /** A process that serves the port, and is ready. */
    EchoProcess server(int port) throws Exception;

    /** Where {@link #transport} finds the server of such a process. */
    Endpoint served(int port);

    /** Where {@link #transport} may listen itself, on any port. */
    Endpoint listening();

    /** A process that calls the server of {@link #transport} on that port, and holds its first exchanges. */
    EchoProcess client(int port) throws Exception;

    @Override
    void close();
}
