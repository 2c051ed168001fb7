package dev.remora.runtime.introspection;

import dev.remora.runtime.metrics.Side;

/** Where a call is. A call goes through the phases of its side in this order and may end in any of them. */
public enum CallPhase {
    /** Client: until a server is picked. Server: from the arrival of the request until the handler starts. */
    QUEUED("queued"),
    /** Client: writing the request and handing it to the transport. */
    SENDING("sending"),
    /** Client: transport, network and server have it. */
    WAITING("waiting"),
    /** Client: the response is here and is being read. */
    RECEIVING("receiving"),
    /** Server: the handler runs. */
    HANDLING("handling"),
    /** Server: writing the response and handing it to the transport. */
    RESPONDING("responding");

    private static final CallPhase[] CLIENT = {QUEUED, SENDING, WAITING, RECEIVING};
    private static final CallPhase[] SERVER = {QUEUED, HANDLING, RESPONDING};
    static final int MAX_PER_SIDE = CLIENT.length;

    private final String word;

    CallPhase(String word) {
        this.word = word;
    }

    /** As it stands in texts and in the introspection service. */
    public String word() {
        return word;
    }

    /** Its place among the phases of its side. */
    int place() {
        return switch (this) {
            case QUEUED -> 0;
            case SENDING, HANDLING -> 1;
            case WAITING, RESPONDING -> 2;
            case RECEIVING -> 3;
        };
    }

    static CallPhase at(Side side, int place) {
        return side == Side.CLIENT ? CLIENT[place] : SERVER[place];
    }
}
