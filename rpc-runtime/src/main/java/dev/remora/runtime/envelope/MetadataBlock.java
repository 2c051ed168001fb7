package dev.remora.runtime.envelope;

import dev.remora.api.Metadata;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Metadata as it travels: a count, then name and value of each pair. */
final class MetadataBlock {
    private MetadataBlock() {}

    static int size(Metadata metadata) {
        int count = Varint.size(metadata.size());
        return metadata.isEmpty() ? count : count + pairs(metadata);
    }

    private static int pairs(Metadata metadata) {
        int[] size = {0};
        metadata.forEachRaw((name, value) -> size[0] += Varint.size(name.length()) + name.length() + Wire.size(value));
        return size[0];
    }

    static void write(ByteBuffer out, Metadata metadata) {
        Varint.write(out, metadata.size());
        if (!metadata.isEmpty()) {
            metadata.forEachRaw((name, value) -> {
                Wire.writeBytes(out, name.getBytes(StandardCharsets.US_ASCII));
                Wire.writeBytes(out, value);
            });
        }
    }

    /** @param maxBytes bound for the whole block */
    static Metadata read(ByteBuffer in, int maxBytes) throws MalformedEnvelopeException {
        int start = in.position();
        long count = Varint.readLong(in, "the number of metadata pairs");
        if (count == 0) {
            return Metadata.EMPTY;
        }
        Metadata.Builder builder = Metadata.builder();
        for (long i = 0; i < count; i++) {
            String name = new String(Wire.readBytes(in, "a metadata name"), StandardCharsets.US_ASCII);
            byte[] value = Wire.readBytes(in, "a metadata value");
            if (in.position() - start > maxBytes) {
                throw new MalformedEnvelopeException(
                        "metadata of more than " + maxBytes + " bytes; the limit is max-metadata-bytes");
            }
            try {
                builder.putRaw(name, value);
            } catch (IllegalArgumentException e) {
                throw new MalformedEnvelopeException(String.valueOf(e.getMessage()));
            }
        }
        return builder.build();
    }
}
