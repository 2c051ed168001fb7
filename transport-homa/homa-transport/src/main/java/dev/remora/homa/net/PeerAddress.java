package dev.remora.homa.net;

/**
 * A server's address as packets carry it.
 *
 * @param high upper half of the IPv6 address; 0 for IPv4
 * @param low lower half; IPv4 as ::ffff:a.b.c.d
 * @param port Homa port, 0 where only the host is meant
 */
public record PeerAddress(long high, long low, int port) {}
