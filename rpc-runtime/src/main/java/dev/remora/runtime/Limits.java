package dev.remora.runtime;

import dev.remora.api.Metadata;
import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;

/** Bounds on what a call may carry. */
final class Limits {
    private Limits() {}

    /** Throws RESOURCE_EXHAUSTED that names the knob, if {@code bytes} are more than {@code max}. */
    static void check(String what, long bytes, String knob, long max) {
        if (bytes > max) {
            throw new RpcException(
                    StatusCode.RESOURCE_EXHAUSTED,
                    what + " has " + bytes + " bytes, more than the " + max + " that " + knob + " allows");
        }
    }

    static void checkMetadata(String what, Metadata metadata, String knob, long max) {
        long[] bytes = {0};
        metadata.forEachRaw((name, value) -> bytes[0] += name.length() + value.length + 4L);
        check(what, bytes[0], knob, max);
    }
}
