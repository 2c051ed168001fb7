package dev.remora.homa.net;

/** Every counter of an {@link EthernetPort}, named once. Frames that are not ours are counted and left alone. */
public enum PortCounter {
    FRAMES_RECEIVED("frames that came, ours or not"),
    HOMA_RECEIVED("Homa packets handed on"),
    HOMA_SENT("packets committed; one to be cut by the device counts as one"),
    WIRE_BYTES_SENT("of packets committed, with all that they take on the wire; cut ones as they will be"),
    WIRE_BYTES_RECEIVED("of frames that came, with all that they took on the wire; merged ones as one"),

    SHORT_FRAME("too short for their Ethernet header or tag"),
    FOREIGN_FRAME("for another station, or Homa in a broadcast: flooded, or somebody else's"),
    BAD_SOURCE_MAC("from a group's MAC address, none, or our own"),
    OTHER_VLAN("of another VLAN than ours, or of one where ours are in none"),
    NOT_IP("neither IP nor ARP"),
    NOT_HOMA("IP, but real TCP or UDP, or another protocol: the kernel's, if it has the address"),
    NOT_OURS("Homa for an address that is not ours"),
    BAD_LENGTH("lengths that contradict each other"),
    BAD_HEADER_CHECKSUM("wrong IPv4 header checksum"),
    FRAGMENT("IP fragments, which Homa never sends"),
    IP_OPTIONS("IPv4 options or IPv6 extension headers, which Homa never sends"),
    BAD_ADDRESS("an IP source or destination that no single host has, or our own as source"),
    BAD_TYPE("marked as Homa, with a type that does not exist"),
    SHORT_PACKET("shorter than their Homa header"),
    BAD_HOMA_CHECKSUM("wrong checksum in the Homa header"),
    BEYOND_MESSAGE("data beyond the end of the message"),
    TOO_MANY_PIECES("frames of more pieces than can be held"),
    CUT_SHORT("frames of which a piece is missing"),

    ARP_RECEIVED("valid ARP packets"),
    BAD_ARP("ARP packets of another form, or with impossible addresses"),
    ND_RECEIVED("valid neighbour solicitations and advertisements"),
    BAD_ND("neighbour discovery that breaks RFC 4861"),
    ICMP_RECEIVED("echo requests and errors about our packets"),
    ICMP_IGNORED("other ICMP, or broken"),
    ANSWERS_UNASKED("ARP replies and advertisements without a question of ours: not believed"),
    NEIGHBOURS_ASKED("ARP requests and solicitations sent"),
    NEIGHBOURS_ANSWERED("ARP replies and advertisements sent"),
    ECHOES_ANSWERED("echo replies sent"),
    REFUSED("port unreachable sent"),
    NOT_REFUSED("port unreachable not sent because packets to closed ports are not ours alone to answer"),
    ANSWERS_LIMITED("answers of any kind not sent because there were too many"),
    ANSWERS_NO_ROOM("answers of any kind not sent because the device was full"),

    NO_ROUTE("packets not sent: the address of our interface or a gateway is missing, or the peer's is impossible"),
    NEIGHBOUR_UNKNOWN("packets not sent: the neighbour's MAC address is not known yet"),
    NO_ROOM("packets not sent at once: the device was full"),
    BACKLOG_SEEN("times, of a hundred a second, more than 128 KiB waited in the device"),
    PATH_MTU_TOLD("routers said that our packets are too large for them"),
    NOTICES_LOST("ICMP errors not passed on to another port of ours: its queue was full");

    private final String meaning;

    PortCounter(String meaning) {
        this.meaning = meaning;
    }

    String unit() {
        return switch (this) {
            case WIRE_BYTES_SENT, WIRE_BYTES_RECEIVED -> "bytes";
            case BACKLOG_SEEN -> "times";
            default -> "packets";
        };
    }

    public String meaning() {
        return meaning;
    }
}
