package dev.remora.spi;

/**
 * Where a peer is: {@code host:port}, with IPv6 addresses in brackets. The in-process transport takes the host for a name.
 *
 * @param host name or address, without brackets; not empty
 * @param port 0 to 65535; 0 only to listen on any free port
 */
public record Endpoint(String host, int port) {
    public Endpoint {
        if (host.isBlank()) {
            throw new IllegalArgumentException("an address needs a host: write host:port");
        }
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " of host " + host + " is outside 0 to 65535");
        }
    }

    /** Reads {@code host:port} or {@code [ipv6]:port}. */
    public static Endpoint parse(String text) {
        String s = text.strip();
        int colon = s.lastIndexOf(':');
        boolean bracketed = s.startsWith("[") && colon > 0 && s.charAt(colon - 1) == ']';
        if (colon <= 0 || (!bracketed && s.indexOf(':') != colon)) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not an address: write host:port, or [address]:port for IPv6");
        }
        int port;
        try {
            port = Integer.parseInt(s.substring(colon + 1));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "': '" + s.substring(colon + 1) + "' is not a port", e);
        }
        return new Endpoint(bracketed ? s.substring(1, colon - 1) : s.substring(0, colon), port);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
