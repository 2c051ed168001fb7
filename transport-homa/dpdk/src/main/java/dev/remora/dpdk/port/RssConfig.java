package dev.remora.dpdk.port;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a port spreads what it receives over its queues: which kinds of packets it hashes, and with which key. Ask for the
 * TCP kinds explicitly when flows are to be told apart by port; many drivers' default is addresses only.
 *
 * @param hashes kinds of packets
 * @param key of the Toeplitz hash, usually 40 or 52 bytes; null for the driver's own
 */
public record RssConfig(Set<RssHash> hashes, byte @Nullable [] key) {
    /** Checks and copies. */
    public RssConfig {
        if (key != null && (key.length < 16 || key.length > 255)) {
            throw new IllegalArgumentException(
                    "an RSS key has 16 to 255 bytes, usually 40; this one has " + key.length);
        }
        EnumSet<RssHash> copy = EnumSet.noneOf(RssHash.class);
        copy.addAll(hashes);
        hashes = Collections.unmodifiableSet(copy);
        key = key == null ? null : key.clone();
    }

    /** Hashes these kinds with the driver's own key. */
    public static RssConfig of(RssHash first, RssHash... others) {
        return new RssConfig(EnumSet.of(first, others), null);
    }

    /** The same with a key. */
    public RssConfig withKey(byte[] newKey) {
        return new RssConfig(hashes, newKey);
    }

    /** A copy of the key. */
    @Override
    public byte @Nullable [] key() {
        return key == null ? null : key.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RssConfig that && hashes.equals(that.hashes) && Arrays.equals(key, that.key);
    }

    @Override
    public int hashCode() {
        return 31 * hashes.hashCode() + Arrays.hashCode(key);
    }

    @Override
    public String toString() {
        return "RssConfig" + hashes + (key == null ? "" : " with a key of " + key.length + " bytes");
    }
}
