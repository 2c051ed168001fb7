package dev.remora.samples.photos.demo;

import com.typesafe.config.Config;
import dev.remora.spi.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** The four services in this process, with what they keep in a temporary folder, for whoever wants to try them. */
public final class PhotoFeed implements AutoCloseable {
    private final DemoDirectory directory;
    private final OneProcess system;

    private PhotoFeed(DemoDirectory directory, OneProcess system) {
        this.directory = directory;
        this.system = system;
    }

    /**
     * Starts them.
     *
     * @param first where the first of them listens; the others at the ports after it, or any free ones if its port is 0
     * @param transport of all of them
     * @param more configuration that goes before what ships with the services
     */
    public static PhotoFeed start(Endpoint first, String transport, Config more) throws IOException {
        DemoDirectory directory = DemoDirectory.create();
        boolean started = false;
        try {
            PhotoFeed feed =
                    new PhotoFeed(directory, OneProcess.start(transport, directory.data(transport), first, more));
            started = true;
            return feed;
        } finally {
            if (!started) {
                directory.close();
            }
        }
    }

    /** Where each listens, in the order of starting. */
    public Map<String, String> addresses() {
        return system.addresses();
    }

    @Override
    public void close() {
        system.close();
        try {
            directory.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the temporary folder of the photo feed cannot be removed", e);
        }
    }
}
