package dev.remora.cli.call;

import dev.remora.api.Metadata;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** Reads metadata as it is given on a command line. */
final class MetadataReader {
    private MetadataReader() {}

    /** @param pairs such as "tenant: blue"; the value of a key that ends in -bin is Base64 */
    static Metadata read(List<String> pairs) {
        Metadata.Builder metadata = Metadata.builder();
        for (String pair : pairs) {
            int colon = pair.indexOf(':');
            if (colon <= 0) {
                throw new CallException("-H '" + pair + "' is no metadata", "write -H 'key: value'");
            }
            String name = pair.substring(0, colon).strip().toLowerCase(Locale.ROOT);
            String value = pair.substring(colon + 1).strip();
            try {
                if (name.endsWith(Metadata.BINARY_SUFFIX)) {
                    metadata.put(Metadata.Key.binary(name), Base64.getDecoder().decode(value));
                } else {
                    metadata.put(Metadata.Key.text(name), value);
                }
            } catch (IllegalArgumentException e) {
                throw new CallException(
                        "-H '" + pair + "': " + e.getMessage(),
                        name.endsWith(Metadata.BINARY_SUFFIX)
                                ? "give the bytes in Base64"
                                : "use a key that ends in -bin for other values");
            }
        }
        return metadata.build();
    }
}
