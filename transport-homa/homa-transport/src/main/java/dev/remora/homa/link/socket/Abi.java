package dev.remora.homa.link.socket;

/**
 * Numbers of Linux' interface to programs, for 64-bit machines of little-endian order. Constants have their C names;
 * {@code <STRUCT>_BYTES} is a size, {@code <STRUCT>__<FIELD>} an offset. A test compares all of them with the headers.
 */
final class Abi {
    static final int AF_INET = 2;
    static final int AF_PACKET = 17;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_RAW = 3;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int SOL_SOCKET = 1;
    static final int SOL_PACKET = 263;
    static final int ETH_P_ALL = 3;
    static final int ETH_P_IP = 0x0800;
    static final int ETH_P_ARP = 0x0806;
    static final int ETH_P_IPV6 = 0x86dd;
    static final int ARPHRD_ETHER = 1;
    static final int ARPHRD_LOOPBACK = 772;

    static final int SO_SNDBUF = 7;
    static final int SO_RCVBUF = 8;
    static final int SO_ATTACH_FILTER = 26;
    static final int SO_SNDBUFFORCE = 32;
    static final int SO_RCVBUFFORCE = 33;

    static final int PACKET_STATISTICS = 6;
    static final int PACKET_VNET_HDR = 15;
    static final int PACKET_FANOUT = 18;
    static final int PACKET_FANOUT_DATA = 22;
    static final int PACKET_IGNORE_OUTGOING = 23;
    static final int PACKET_FANOUT_HASH = 0;
    static final int PACKET_FANOUT_CBPF = 6;
    static final int PACKET_FANOUT_FLAG_UNIQUEID = 0x2000;
    static final int PACKET_OTHERHOST = 3;

    static final int MSG_TRUNC = 0x20;
    static final int MSG_DONTWAIT = 0x40;
    static final int POLLIN = 1;
    static final int PR_SET_TIMERSLACK = 29;
    static final int POLLOUT = 4;
    static final int EFD_CLOEXEC = 0x80000;
    static final int EFD_NONBLOCK = 0x800;
    static final int IFF_UP = 1;
    static final int IFF_LOOPBACK = 8;
    static final long TIOCOUTQ = 0x5411;
    static final long SIOCGIFFLAGS = 0x8913;
    static final long SIOCGIFMTU = 0x8921;
    static final long SIOCGIFHWADDR = 0x8927;

    static final int VIRTIO_NET_HDR_F_NEEDS_CSUM = 1;
    static final int VIRTIO_NET_HDR_F_DATA_VALID = 2;
    static final int VIRTIO_NET_HDR_GSO_NONE = 0;
    static final int VIRTIO_NET_HDR_GSO_TCPV4 = 1;
    static final int VIRTIO_NET_HDR_GSO_TCPV6 = 4;

    static final int SKF_AD_OFF = -0x1000;
    static final int SKF_AD_PKTTYPE = 4;
    static final int SKF_AD_VLAN_TAG = 44;
    static final int SKF_AD_VLAN_TAG_PRESENT = 48;
    static final int SKF_NET_OFF = -0x100000;

    static final int EPERM = 1;
    static final int EINTR = 4;
    static final int ENXIO = 6;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int ENODEV = 19;
    static final int EINVAL = 22;
    static final int ENOPROTOOPT = 92;
    static final int EAFNOSUPPORT = 97;
    static final int ENETDOWN = 100;
    static final int ENOBUFS = 105;

    static final int SOCKADDR_LL_BYTES = 20;
    static final int SOCKADDR_LL__FAMILY = 0;
    static final int SOCKADDR_LL__PROTOCOL = 2;
    static final int SOCKADDR_LL__IFINDEX = 4;

    static final int VIRTIO_NET_HDR_BYTES = 10;
    static final int VIRTIO_NET_HDR__FLAGS = 0;
    static final int VIRTIO_NET_HDR__GSO_TYPE = 1;
    static final int VIRTIO_NET_HDR__HDR_LEN = 2;
    static final int VIRTIO_NET_HDR__GSO_SIZE = 4;
    static final int VIRTIO_NET_HDR__CSUM_START = 6;
    static final int VIRTIO_NET_HDR__CSUM_OFFSET = 8;

    static final int IOVEC_BYTES = 16;
    static final int IOVEC__BASE = 0;
    static final int IOVEC__LEN = 8;

    static final int MMSGHDR_BYTES = 64;
    static final int MMSGHDR__IOV = 16;
    static final int MMSGHDR__IOVLEN = 24;
    static final int MMSGHDR__FLAGS = 48;
    static final int MMSGHDR__LEN = 56;

    static final int SOCK_FILTER_BYTES = 8;
    static final int SOCK_FILTER__CODE = 0;
    static final int SOCK_FILTER__JT = 2;
    static final int SOCK_FILTER__JF = 3;
    static final int SOCK_FILTER__K = 4;
    static final int SOCK_FPROG_BYTES = 16;
    static final int SOCK_FPROG__LEN = 0;
    static final int SOCK_FPROG__FILTER = 8;

    static final int IFREQ_BYTES = 40;
    static final int IFREQ__NAME = 0;
    static final int IFREQ__VALUE = 16;
    static final int IFNAMSIZ = 16;

    static final int POLLFD_BYTES = 8;
    static final int POLLFD__FD = 0;
    static final int POLLFD__EVENTS = 4;
    static final int POLLFD__REVENTS = 6;
    static final int TIMESPEC_BYTES = 16;
    static final int TIMESPEC__NSEC = 8;

    static final int TPACKET_STATS_BYTES = 8;
    static final int TPACKET_STATS__DROPS = 4;

    private Abi() {}
}
