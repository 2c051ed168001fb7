package dev.remora.runtime.balance;

import dev.remora.spi.Endpoint;
import java.util.List;

/**
 * Where somebody who asks servers how they are tells a channel. What a mark says holds until the next one for the peer; it is
 * forgotten when the resolver no longer names it. For any thread.
 */
public interface PeerHealth {
    /** What is known of a server. */
    enum Mark {
        /** Nothing, as before the first mark: calls go there. */
        UNKNOWN,
        /** It serves: calls go there. If it was set aside because it failed, one call tries it at once. */
        SERVING,
        /** It says that it does not serve, or does not say anything: calls go elsewhere, unless all are so. */
        NOT_SERVING
    }

    /** The channel's servers at present. A call goes to a certain one with {@link PickOptions#PEER}. */
    List<Endpoint> peers();

    /** Ignored if there is no such peer any more. */
    void mark(Endpoint peer, Mark mark);

    /** Runs an action, which must not block, after each change of {@link #peers}. Ends with the channel. */
    void onPeersChanged(Runnable action);
}
