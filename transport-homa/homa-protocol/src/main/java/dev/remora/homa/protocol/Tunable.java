package dev.remora.homa.protocol;

import java.util.Locale;

/**
 * Every knob of the protocol, one line each: default, range, unit and reason. Names and defaults are those of the Linux
 * kernel module where it has the same knob, so that its users find what they know.
 */
public enum Tunable {
    UNSCHED_BYTES(40_000, 0, 1_000_000, "bytes", "most unscheduled bytes of a message, before the link caps them"),
    NUM_PRIORITIES(8, 1, 8, "levels", "levels in use, 0 the lowest"),
    RESEND_TICKS(5, 1, 10_000, "ticks", "silence before the first RESEND"),
    RESEND_INTERVAL(5, 1, 10_000, "ticks", "distance of further RESENDs"),
    TIMEOUT_TICKS(100, 2, 1_000_000, "ticks", "silence before an RPC is given up"),
    REQUEST_ACK_TICKS(2, 1, 10_000, "ticks", "wait for an acknowledgment before NEED_ACK"),
    NEED_ACK_MAX_TICKS(100, 1, 100_000, "ticks", "NEED_ACK backs off, doubling, up to this distance"),
    NEED_ACK_GIVE_UP_TICKS(1_000, 2, 10_000_000, "ticks", "silence of a peer after which its unacknowledged RPCs go"),
    TICK_NS(1_000_000, 10_000, 1_000_000_000, "ns", "length of a tick"),
    LINK_MBPS(25_000, 1, 1_000_000, "Mbit/s", "rate of our link; sizes and pacing follow it"),
    INITIAL_RTT_NS(10_000, 500, 1_000_000_000, "ns", "round trip assumed until one has been measured"),
    SIZES_FOLLOW_LINK(
            1, 0, 1, "bool", "cap unscheduled bytes and grants by rate x round trip; 0 = fixed as the module"),
    UNSCHED_RTTS_PERCENT(100, 10, 1_000, "%", "unscheduled bytes in per cent of rate x round trip"),
    MAX_INCOMING(
            400_000, 1_500, 1_000_000_000, "bytes", "most bytes granted and not yet here, before the link caps them"),
    MAX_INCOMING_RTTS(10, 1, 1_000, "RTTs", "the same in units of rate x round trip"),
    MAX_OVERCOMMIT(8, 1, 64, "messages", "messages that hold grants at one time"),
    MAX_RPCS_PER_PEER(0, 0, 64, "messages", "of these at most so many from one peer; 0 = no limit"),
    WINDOW(0, 0, 1_000_000, "bytes", "fixed grant window of a message; 0 = dynamic"),
    GRANT_STEP_PERCENT(
            0,
            0,
            50,
            "%",
            "smallest grant but the last, as a share of the window, and four packets on a slow link; 0 = with every batch"),
    FIFO_GRANT_INCREMENT(50_000, 0, 1_000_000, "bytes", "size of a grant to the oldest message; 0 = none"),
    GRANT_FIFO_FRACTION(50, 0, 500, "permille", "part of the link granted oldest first"),
    MAX_GSO_SIZE(0, 0, 262_144, "bytes", "largest unit handed to the link; 0 = single packets"),
    MTU(1_500, 576, 65_535, "bytes", "IP packet size of the link"),
    OUTER_BYTES(0, 0, 64, "bytes", "headers between IP's and Homa's: 8 behind UDP"),
    PATH_MTU_SECS(600, 1, 86_400, "s", "how long a router's word holds that packets to a peer must be smaller"),
    DEFER_MIN_BYTES(1_000, 0, 1_000_000, "bytes", "shorter messages are never held back by the pacer"),
    MAX_NIC_BACKLOG_NS(5_000, 0, 1_000_000_000, "ns", "most estimated time in the link's queue"),
    MAX_NIC_QUEUE_NS(10_000, 0, 1_000_000_000, "ns", "most counted time in the link's queue"),
    MAX_LINK_USAGE(99, 5, 100, "%", "part of the link's rate the pacer uses"),
    PACER_FIFO_FRACTION(50, 0, 1_000, "permille", "part of the paced bytes sent oldest first"),
    MAX_CLIENT_RPCS(16_384, 1, 1 << 22, "RPCs", "bound of the client table"),
    MAX_SERVER_RPCS(65_536, 1, 1 << 22, "RPCs", "bound of the server table"),
    MAX_SERVER_RPCS_PER_PEER(16_384, 1, 1 << 22, "RPCs", "of these from one peer, so that one cannot fill the table"),
    MAX_PEERS(10_000, 1, 1 << 20, "peers", "bound of the peer table"),
    PEER_IDLE_SECS(120, 1, 86_400, "s", "idle peers may be forgotten after this"),
    ACK_FLUSH_NS(1_000_000, 0, 1_000_000_000, "ns", "acknowledgments wait this long for a packet to ride on"),
    TOMBSTONE_NS(200_000_000, 0, 60_000_000_000L, "ns", "an ended server RPC is remembered this long"),
    MAX_TOMBSTONES(65_536, 16, 1 << 24, "RPCs", "bound of these memories"),
    QUARANTINE_NS(150_000_000, 0, 60_000_000_000L, "ns", "after start retransmitted requests are not executed"),
    GAP_RESEND_RTTS(0, 0, 1_000, "RTTs", "age of a gap that is asked for at once; 0 = only by RESEND_TICKS"),
    INCAST_THRESHOLD(
            32,
            0,
            1 << 20,
            "RPCs",
            "outstanding RPCs from which requests ask for small unscheduled responses; 0 = off"),
    INCAST_UNSCHED_BYTES(1_024, 1, 1_000_000, "bytes", "unscheduled bytes of a response to such a request"),
    CUTOFF_INTERVAL_NS(
            1_000_000_000,
            1_000_000,
            3_600_000_000_000L,
            "ns",
            "distance of evaluations of our cutoffs; the largest = never"),
    CUTOFF_MIN_MESSAGES(10_000, 1, 1 << 30, "messages", "fewest messages for an evaluation"),
    CHECK_PEER_ADDRESS(1, 0, 1, "bool", "packets for a client RPC must come from the address it was sent to"),
    OWNER(0, 0, 255, "byte", "bits 48-55 of our ids: the queue or process that owns them"),
    TRACE_EVENTS(0, 0, 1 << 24, "events", "size of the event trace; 0 = off");

    private final long standard;
    private final long least;
    private final long most;
    private final String unit;
    private final String reason;

    Tunable(long standard, long least, long most, String unit, String reason) {
        this.standard = standard;
        this.least = least;
        this.most = most;
        this.unit = unit;
        this.reason = reason;
    }

    /** Name in configuration files, such as {@code unsched_bytes}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    public long standard() {
        return standard;
    }

    public long least() {
        return least;
    }

    public long most() {
        return most;
    }

    public String unit() {
        return unit;
    }

    public String reason() {
        return reason;
    }
}
