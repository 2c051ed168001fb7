package dev.remora.homa;

import dev.remora.homa.net.VlanTag;
import dev.remora.homa.protocol.Tunable;
import dev.remora.homa.protocol.wire.UdpHeader;
import dev.remora.spi.Setting;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Every knob of the Homa transport. */
public final class HomaSettings {
    private static final long MS = 1_000_000L;
    private static final long HOUR = 3_600_000 * MS;
    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;
    private static final long GIB = 1024 * MIB;

    private HomaSettings() {}

    public static final Setting<String> NETWORK = Setting.text(
            "network",
            "host",
            "what carries the packets: host joins processes of one machine through shared memory and needs no NIC;"
                    + " interface is a network interface, for other machines",
            "host",
            "interface");

    public static final Setting<String> ENCAPSULATION = Setting.text(
            "encapsulation",
            "tcp-header",
            "what packets look like: tcp-header gets through NICs and switches with their offloads; homa is IP protocol"
                    + " 146, as the Linux module sends it without hijacking. What arrives may be either. udp, for network ="
                    + " interface, is for firewalls that let nothing else through, and must be set on both sides",
            "tcp-header",
            "homa",
            "udp");

    public static final Setting<Long> UDP_PORT = Setting.number(
            "udp-port",
            UdpHeader.DEFAULT_PORT,
            1,
            65_535,
            "port",
            "encapsulation = udp: destination port of all Homa packets, in both directions and the same on all hosts; what"
                    + " firewalls must let through. No Homa port: those are inside");

    public static final Setting<String> IDLE = Setting.text(
            "idle",
            "adaptive",
            "engines without work: spin burns a CPU each and is the fastest; adaptive spins for 200 us, then sleeps; park"
                    + " sleeps at once, for machines with few CPUs. Packets end the sleep between processes of a host and on"
                    + " a packet socket; elsewhere it takes 100 or 200 us",
            "spin",
            "adaptive",
            "park");

    public static final Setting<Long> MAX_MESSAGE_BYTES = Setting.bytes(
            "max-message-bytes",
            "16MiB",
            KIB,
            256 * MIB,
            "largest request or response; as large as the TCP transport's. Above 1,000,000 bytes it goes in parts");

    public static final Setting<Long> MAX_OUTSTANDING = Setting.number(
            "max-outstanding",
            10_000,
            1,
            1_000_000,
            "calls",
            "calls of one client in progress; beyond it calls fail as overloaded");

    public static final Setting<Long> MAX_REQUESTS = Setting.number(
            "max-requests",
            65_536,
            1,
            16_777_216,
            "requests",
            "requests one server may have in progress, from all its clients; beyond it they are refused");

    public static final Setting<Long> RECEIVE_MEMORY = Setting.bytes(
            "receive-memory",
            "256MiB",
            4 * MIB,
            64 * GIB,
            "bound of the memory for arriving messages, of all engines together; senders wait when it is used up");

    public static final Setting<Long> SEND_POOL = Setting.bytes(
            "send-pool",
            "16MiB",
            0,
            GIB,
            "buffers of each size (powers of two) kept for use again, and as much for messages that are put together; beyond it"
                    + " they are left to the garbage collector");

    public static final Setting<Long> JOIN_MEMORY = Setting.bytes(
            "join-memory",
            "256MiB",
            MIB,
            64 * GIB,
            "memory for messages above 1,000,000 bytes that are put together, and the same for those kept until their"
                    + " clients have fetched them; beyond it such calls fail");

    public static final Setting<Long> JOIN_MEMORY_PER_PEER = Setting.bytes(
            "join-memory-per-peer",
            "128MiB",
            MIB,
            64 * GIB,
            "of the former for requests of one client, so that one cannot use it all");

    public static final Setting<Long> TRANSFER_TIMEOUT = Setting.duration(
            "transfer-timeout",
            "10s",
            10 * MS,
            HOUR,
            "a large message that makes no progress for so long is dropped: nobody holds memory by dripping bytes");

    public static final Setting<Long> LINK_MBPS = Setting.number(
            "link-mbps",
            0,
            0,
            1_000_000,
            "Mbit/s",
            "rate of our link, which pacing and grants follow; 0 is what the device says, or 25000 if it does not know");

    public static final Setting<Long> ENGINES = Setting.number(
            "engines",
            1,
            1,
            64,
            "engines",
            "engines, each with a thread and a queue of its own; one carries more than a million small calls a second"
                    + " where it has a CPU for itself. More only help if there are CPUs for all of them");

    public static final Setting<Long> CLIENT_PORTS = Setting.number(
            "client-ports",
            4,
            1,
            64,
            "ports",
            "network = interface: source ports from which an engine calls a server in turn. Servers with several queues"
                    + " spread requests over them by these ports; with more of them, acknowledgments ride less often on other"
                    + " packets");

    public static final Setting<String> HOST_FOLDER = Setting.text(
            "host.folder",
            "",
            "network = host: where processes find each other; they must name the same one. Empty is $XDG_RUNTIME_DIR/remora,"
                    + " or remora-<uid> in /dev/shm, or else in /tmp");

    public static final Setting<Long> HOST_MTU = Setting.number(
            "host.mtu",
            1_500,
            1_280,
            9_000,
            "bytes",
            "network = host: largest packet; longer messages go in frames of 64 KB all the same");

    public static final Setting<Long> HOST_MEMORY = Setting.bytes(
            "host.memory",
            "512MiB",
            64 * MIB,
            16 * GIB,
            "network = host: bound of DPDK's memory, of which only what is touched is taken; each peer takes some 15 MiB"
                    + " for each queue");

    public static final Setting<String> HOST_HUGEPAGES = Setting.text(
            "host.hugepages",
            "none",
            "network = host: whether DPDK's memory is in huge pages, which must have been set up for that",
            "none",
            "if-there",
            "required");

    public static final Setting<String> INTERFACE_NAME = Setting.text(
            "interface.name",
            "",
            "network = interface: which one, such as eth0; the PCI address of a card, such as 0000:3b:00.0, with link = pci");

    public static final Setting<String> INTERFACE_LINK = Setting.text(
            "interface.link",
            "packet-socket",
            "network = interface: how frames get there. packet-socket needs CAP_NET_RAW and no DPDK, and works with every"
                    + " interface of Linux; af-packet is the same through DPDK, and with several engines packets mostly come to"
                    + " the wrong one first; pci takes a card from the kernel",
            "packet-socket",
            "af-packet",
            "pci");

    public static final Setting<List<String>> INTERFACE_ADDRESS = Setting.texts(
            "interface.address",
            "network = interface: our own IP addresses with the lengths of their prefixes, such as 192.0.2.1/24; at most one"
                    + " of IPv4. Empty takes those that the kernel has on the interface");

    public static final Setting<List<String>> INTERFACE_GATEWAY = Setting.texts(
            "interface.gateway",
            "network = interface: router to hosts of other networks; at most one of IPv4 and one of IPv6. Empty reaches only"
                    + " hosts of the own networks");

    public static final Setting<List<String>> INTERFACE_NEIGHBOURS = Setting.texts(
            "interface.neighbours",
            "network = interface: hosts that need not be asked for their MAC addresses, such as"
                    + " 192.0.2.2=02:00:00:00:00:02");

    public static final Setting<String> INTERFACE_ANSWER = Setting.text(
            "interface.answer",
            "auto",
            "network = interface: whether ARP, neighbour discovery and ping for our addresses are ours to answer. auto is no"
                    + " where the kernel has these addresses and answers itself, else yes",
            "auto",
            "yes",
            "no");

    public static final Setting<String> INTERFACE_REFUSE = Setting.text(
            "interface.refuse",
            "auto",
            "network = interface: whether calls to ports without a server are refused at once, which only a process may do"
                    + " that has its addresses to itself. auto is as answer is; with no, such calls end when they time out",
            "auto",
            "yes",
            "no");

    public static final Setting<Long> INTERFACE_MTU = Setting.number(
            "interface.mtu",
            0,
            0,
            9_000,
            "bytes",
            "network = interface: largest IP packet, 576 and more; 0 is what the interface has, which is also the most");

    public static final Setting<Boolean> INTERFACE_PCP = Setting.flag(
            "interface.pcp",
            false,
            "network = interface: whether frames carry their priority in an 802.1Q tag (PCP), too, for switches that do not go"
                    + " by the one in the IP header (DSCP)");

    public static final Setting<Long> INTERFACE_VLAN = Setting.number(
            "interface.vlan",
            0,
            0,
            VlanTag.MAX_VLAN,
            "VLAN",
            "network = interface: the VLAN that our frames are tagged with, and that is received; 0 is none. Where the kernel has"
                    + " an interface for the VLAN, such as eth0.5, name that one and leave this 0");

    public static final Setting<Long> INTERFACE_MEMORY = Setting.bytes(
            "interface.memory",
            "256MiB",
            64 * MIB,
            16 * GIB,
            "network = interface, link = af-packet or pci: bound of DPDK's memory; each engine takes some 8 MiB, 30 with"
                    + " large packets");

    /**
     * Where the protocol's own defaults, those of the kernel module, do not fit a process: it gets no CPU for longer than a
     * kernel does, and collects garbage. What is remembered must outlast what is waited for. And its threads sleep between
     * packets of a slow link, so that a grant for each would wake two of them for each.
     */
    private static final Map<Tunable, Long> OTHER_DEFAULTS = Map.of(
            Tunable.TIMEOUT_TICKS,
            2_000L,
            Tunable.NEED_ACK_GIVE_UP_TICKS,
            4_000L,
            Tunable.QUARANTINE_NS,
            2_500 * MS,
            Tunable.TOMBSTONE_NS,
            5_000 * MS,
            Tunable.GRANT_STEP_PERCENT,
            25L);

    /** Set by the transport itself. */
    private static final Set<Tunable> OWN =
            EnumSet.of(Tunable.MTU, Tunable.OUTER_BYTES, Tunable.LINK_MBPS, Tunable.OWNER);

    /** The knobs of the protocol, below {@code protocol}. */
    static final Map<Tunable, Setting<Long>> PROTOCOL = protocol();

    private static Map<Tunable, Setting<Long>> protocol() {
        Map<Tunable, Setting<Long>> settings = new EnumMap<>(Tunable.class);
        for (Tunable knob : EnumSet.complementOf(EnumSet.copyOf(OWN))) {
            settings.put(
                    knob,
                    Setting.number(
                            "protocol." + knob.key().replace('_', '-'),
                            OTHER_DEFAULTS.getOrDefault(knob, knob.standard()),
                            knob.least(),
                            knob.most(),
                            knob.unit(),
                            knob == Tunable.MAX_GSO_SIZE
                                    ? knob.reason() + " unless the link can cut, then what it carries in 150 us"
                                    : knob.reason()));
        }
        return settings;
    }

    /** All of the above. */
    public static final List<Setting<?>> ALL = all();

    private static List<Setting<?>> all() {
        List<Setting<?>> all = new ArrayList<>(List.of(
                NETWORK,
                ENCAPSULATION,
                UDP_PORT,
                IDLE,
                MAX_MESSAGE_BYTES,
                MAX_OUTSTANDING,
                MAX_REQUESTS,
                RECEIVE_MEMORY,
                SEND_POOL,
                JOIN_MEMORY,
                JOIN_MEMORY_PER_PEER,
                TRANSFER_TIMEOUT,
                LINK_MBPS,
                ENGINES,
                CLIENT_PORTS,
                HOST_FOLDER,
                HOST_MTU,
                HOST_MEMORY,
                HOST_HUGEPAGES,
                INTERFACE_NAME,
                INTERFACE_LINK,
                INTERFACE_ADDRESS,
                INTERFACE_GATEWAY,
                INTERFACE_NEIGHBOURS,
                INTERFACE_ANSWER,
                INTERFACE_REFUSE,
                INTERFACE_MTU,
                INTERFACE_PCP,
                INTERFACE_VLAN,
                INTERFACE_MEMORY));
        all.addAll(PROTOCOL.values());
        return List.copyOf(all);
    }
}
