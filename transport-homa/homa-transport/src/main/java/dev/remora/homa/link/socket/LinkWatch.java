package dev.remora.homa.link.socket;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notices when the interface goes and comes, from the errors of sending and receiving, and says so once each. */
final class LinkWatch {
    private static final Logger LOG = LoggerFactory.getLogger(PacketSocketQueue.class);

    private final String interfaceName;
    private final Counters counters;
    private volatile LinkState state = LinkState.UP;

    LinkWatch(String interfaceName, Counters counters) {
        this.interfaceName = interfaceName;
        this.counters = counters;
    }

    LinkState state() {
        return state;
    }

    /** A frame went or came. */
    void works() {
        if (state == LinkState.DOWN) {
            state = LinkState.UP;
            LOG.info("interface {} carries frames again", interfaceName);
        }
    }

    /**
     * A call failed.
     *
     * @return whether since the interface is down or gone
     */
    boolean failed(int error) {
        LinkState now = stateBy(error);
        if (now == LinkState.UP) {
            return false;
        }
        if (state != now && state != LinkState.GONE) {
            state = now;
            counters.add(PacketSocketCounter.LINK_LOST, 1);
            LOG.warn(
                    "interface {} is {}; what is sent is lost ({})",
                    interfaceName,
                    now == LinkState.DOWN ? "down: switch it on by \"ip link set " + interfaceName + " up\"" : "gone",
                    SystemCalls.text(error));
        }
        return true;
    }

    private static LinkState stateBy(int error) {
        return switch (-error) {
            case Abi.ENETDOWN -> LinkState.DOWN;
            case Abi.ENXIO, Abi.ENODEV -> LinkState.GONE;
            default -> LinkState.UP;
        };
    }
}
