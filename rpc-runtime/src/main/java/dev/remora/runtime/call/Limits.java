package dev.remora.runtime.call;

import com.google.protobuf.Any;
import dev.remora.api.Metadata;
import dev.remora.api.RpcException;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;

/** Bounds on what a call may carry. */
public final class Limits {
    private Limits() {}

    /** Throws RESOURCE_EXHAUSTED that names the knob, if {@code bytes} are more than {@code max}. */
    public static void check(String what, long bytes, String knob, long max) {
        if (bytes > max) {
            throw new RpcException(
                    StatusCode.RESOURCE_EXHAUSTED,
                    what + " has " + bytes + " bytes, more than the " + max + " that " + knob + " allows");
        }
    }

    public static void checkMetadata(String what, Metadata metadata, String knob, long max) {
        long[] bytes = {0};
        metadata.forEachRaw((name, value) -> bytes[0] += name.length() + value.length + 4L);
        check(what, bytes[0], knob, max);
    }

    /** The status of a call when something beside it is too large: how the call ended is worth more than that. */
    public static Status leavingOut(Status status, Status tooLarge) {
        return status.isOk()
                ? tooLarge
                : Status.of(status.code(), status.message() + " (left out: " + tooLarge.message() + ")");
    }

    /**
     * The status without its details, and a word about that, if they have more than {@code max} bytes: how the call ended
     * must not be lost because too much was said about it.
     */
    public static Status boundDetails(Status status, String knob, long max) {
        if (status.details().isEmpty()) {
            return status;
        }
        long bytes = 0;
        for (Any detail : status.details()) {
            bytes += detail.getSerializedSize() + 4L;
        }
        return bytes <= max
                ? status
                : Status.of(
                        status.code(),
                        status.message() + " (details of " + bytes + " bytes were left out: more than the " + max
                                + " that " + knob + " allows)");
    }
}
