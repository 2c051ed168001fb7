package dev.remora.homa;

import dev.remora.spi.Endpoint;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** Addresses of packets as people write them. */
final class AddressText {
    private AddressText() {}

    /** Such as {@code 10.0.0.1:5000} or {@code [fd00::1]:5000}. */
    static String of(long high, long low, int port) {
        try {
            InetAddress address = InetAddress.getByAddress(
                    ByteBuffer.allocate(16).putLong(high).putLong(low).array());
            return new Endpoint(address.getHostAddress(), port).toString();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("16 bytes are an address", e);
        }
    }
}
