package dev.remora.cli.serve;

import dev.remora.spi.Endpoint;
import java.util.Map;

/** Services that run in this process until {@link #close}. */
interface Sample extends AutoCloseable {
    /** Where each of its servers listens, by a name for people; in the order in which they are shown. */
    Map<String, Endpoint> addresses();

    /** The rest of a {@code ./remora call} line each, to try; the first address is meant unless it names another. */
    Map<String, String> trials();

    @Override
    void close();
}
