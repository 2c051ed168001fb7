package dev.remora.homa.protocol;

import java.util.Locale;

/** Every counter of the endpoint, named once. Names are those of the kernel module where it counts the same. */
public enum Counter {
    PACKETS_SENT_DATA("packets", "DATA packets sent, segments counted singly"),
    PACKETS_SENT_GRANT("packets", "GRANT packets sent"),
    PACKETS_SENT_RESEND("packets", "RESEND packets sent"),
    PACKETS_SENT_RPC_UNKNOWN("packets", "RPC_UNKNOWN packets sent"),
    PACKETS_SENT_BUSY("packets", "BUSY packets sent"),
    PACKETS_SENT_CUTOFFS("packets", "CUTOFFS packets sent"),
    PACKETS_SENT_FREEZE("packets", "always 0: we send none"),
    PACKETS_SENT_NEED_ACK("packets", "NEED_ACK packets sent"),
    PACKETS_SENT_ACK("packets", "ACK packets sent"),
    PACKETS_RCVD_DATA("packets", "DATA packets received"),
    PACKETS_RCVD_GRANT("packets", "GRANT packets received"),
    PACKETS_RCVD_RESEND("packets", "RESEND packets received"),
    PACKETS_RCVD_RPC_UNKNOWN("packets", "RPC_UNKNOWN packets received"),
    PACKETS_RCVD_BUSY("packets", "BUSY packets received"),
    PACKETS_RCVD_CUTOFFS("packets", "CUTOFFS packets received"),
    PACKETS_RCVD_FREEZE("packets", "FREEZE packets received and ignored"),
    PACKETS_RCVD_NEED_ACK("packets", "NEED_ACK packets received"),
    PACKETS_RCVD_ACK("packets", "ACK packets received"),

    SENT_MSG_BYTES("bytes", "bytes of messages begun"),
    CLIENT_REQUESTS_STARTED("RPCs", "requests sent"),
    CLIENT_RESPONSES_DONE("RPCs", "responses completely received"),
    CLIENT_FAILED("RPCs", "client RPCs that ended with an error"),
    SERVER_REQUESTS_STARTED("RPCs", "requests of which a packet has come"),
    SERVER_REQUESTS_DONE("RPCs", "requests completely received"),
    SERVER_RESPONSES_STARTED("RPCs", "responses begun"),
    SERVER_RESPONSES_DONE("RPCs", "responses acknowledged"),
    RPC_TIMEOUTS("RPCs", "RPCs ended by silence"),
    SERVER_RPC_DISCARDS("RPCs", "server RPCs ended before their response was acknowledged"),
    SERVER_RPCS_UNKNOWN("RPCs", "server RPCs ended by RPC_UNKNOWN"),
    NEED_ACK_GIVEN_UP("RPCs", "server RPCs whose client never acknowledged"),
    CLIENT_TABLE_FULL("calls", "sendRequest refused: table full"),
    SERVER_CANT_CREATE_RPCS("packets", "requests dropped: table or peer limit reached"),
    INCAST_MARKED("RPCs", "requests that asked for a small unscheduled response"),
    INCAST_OBEYED("RPCs", "responses begun with few unscheduled bytes because of incast"),

    RESENT_PACKETS("packets", "DATA sent again because asked to"),
    RESENT_PACKETS_USED("packets", "retransmissions received that brought new bytes"),
    RESENT_DISCARDS("packets", "retransmissions received that brought nothing"),
    PACKET_DISCARDS("packets", "first transmissions received that brought nothing"),
    RESENDS_LIMITED("packets", "RESENDs not fully served: rate limit or range bound"),
    GAPS_REFUSED("packets", "DATA dropped: too many gaps in the message"),
    DROPPED_DATA_NO_BUFS("bytes", "DATA dropped for lack of receive buffers"),
    BUFFER_ALLOC_FAILURES("messages", "messages that had to wait for a buffer"),
    TOMBSTONE_HITS("packets", "requests of RPCs that had already ended here"),
    QUARANTINED("packets", "retransmitted requests dropped soon after start"),
    UNKNOWN_RPCS("packets", "packets for RPCs that do not exist"),
    ACK_OVERFLOWS("packets", "ACK sent because the list was full"),
    ACKS_UNKNOWN("acks", "acknowledgments of RPCs that do not exist"),
    ACKS_PASSED_ON("acks", "acknowledgments of RPCs not known here, given to other engines of our address"),
    ACKS_NOT_PASSED_ON("acks", "of these lost: too many at a time"),
    ACKS_EARLY("acks", "acknowledgments of unfinished responses, ignored"),
    CONTROL_QUEUE_FULL("packets", "control packets not sent: queue full"),

    SHORT_PACKETS("packets", "shorter than their header"),
    UNKNOWN_PACKET_TYPES("packets", "type out of range"),
    BAD_PORT("packets", "port 0"),
    BAD_ID("packets", "id 0 or 1"),
    BAD_MESSAGE_LENGTH("packets", "message length 0, above the limit, or other than before"),
    BAD_OFFSET("packets", "bytes beyond the end of the message"),
    BAD_PRIORITY("packets", "priority above the highest level, clamped"),
    BAD_RANGE("packets", "GRANT or RESEND range out of the message, clamped"),
    BAD_ACK_COUNT("packets", "more acknowledgments than fit, clamped"),
    BAD_STATE("packets", "packet that makes no sense in the RPC's state, ignored"),
    WRONG_PEER("packets", "packet for a client RPC from another address or port"),
    STRANGER_CUTOFFS("packets", "CUTOFFS from a peer without RPCs, ignored"),
    NO_SUCH_PORT("packets", "no server on the port"),
    PEER_TABLE_FULL("packets", "dropped: no room for another peer"),
    FOREIGN_OWNER("packets", "client RPC of another owner"),
    ICMP_UNREACHABLE("events", "unreachable messages acted on"),
    PATH_MTU_LOWERED("times", "packets to a peer made smaller because a router said so"),
    PATH_MTU_IGNORED("times", "such words not believed: not smaller, or of no peer with RPCs"),

    FIFO_SENT_BYTES("bytes", "paced bytes sent oldest first"),
    PACED_BYTES("bytes", "bytes sent under the pacer"),
    CUTOFFS_CHANGED("times", "our cutoffs were computed anew");

    private final String unit;
    private final String meaning;

    Counter(String unit, String meaning) {
        this.unit = unit;
        this.meaning = meaning;
    }

    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    public String unit() {
        return unit;
    }

    public String meaning() {
        return meaning;
    }
}
