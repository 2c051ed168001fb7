package dev.remora.homa.protocol;

/** What an ICMP error said. */
public enum Unreachable {
    PORT,
    PROTOCOL,
    HOST
}
