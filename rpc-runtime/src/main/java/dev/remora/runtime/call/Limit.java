package dev.remora.runtime.call;

import com.google.protobuf.Any;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.RpcException;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.spi.Setting;
import dev.remora.spi.SettingValues;
import org.jspecify.annotations.Nullable;

/**
 * A bound on what a call may carry. It is looked at several times per call, so texts are put together only for what is too large.
 *
 * @param knob where it stands in the configuration
 * @param bytes the most that is allowed
 */
public record Limit(String knob, int bytes) {
    /** @param root of the configuration that the setting is in, with its last dot */
    public static Limit of(String root, Setting<Long> setting, SettingValues values) {
        return new Limit(root + setting.name(), values.getInt(setting));
    }

    /**
     * RESOURCE_EXHAUSTED for too much, else null.
     *
     * @param what of the method it is, as {@code "request of "}
     */
    public @Nullable Status refusal(String what, MethodDescriptor<?, ?> method, long size) {
        return size <= bytes
                ? null
                : Status.of(
                        StatusCode.RESOURCE_EXHAUSTED,
                        what + method + " has " + size + " bytes, more than the " + bytes + " that " + knob
                                + " allows");
    }

    /** Throws what {@link #refusal} says. */
    public void check(String what, MethodDescriptor<?, ?> method, long size) {
        Status refusal = refusal(what, method, size);
        if (refusal != null) {
            throw new RpcException(refusal, Metadata.EMPTY);
        }
    }

    /** As {@link #check(String, MethodDescriptor, long)}, of the names and values of metadata. */
    public void check(String what, MethodDescriptor<?, ?> method, Metadata metadata) {
        if (metadata.isEmpty()) {
            return;
        }
        long[] size = {0};
        metadata.forEachRaw((name, value) -> size[0] += name.length() + value.length + 4L);
        check(what, method, size[0]);
    }

    /**
     * The status without its details, and a word about that, if they are too large: how the call ended must not be lost because
     * too much was said about it.
     */
    public Status boundDetails(Status status) {
        if (status.details().isEmpty()) {
            return status;
        }
        long size = 0;
        for (Any detail : status.details()) {
            size += detail.getSerializedSize() + 4L;
        }
        return size <= bytes
                ? status
                : Status.of(
                        status.code(),
                        status.message() + " (details of " + size + " bytes were left out: more than the " + bytes
                                + " that " + knob + " allows)");
    }

    /** The status of a call when something beside it is too large: how the call ended is worth more than that. */
    public static Status leavingOut(Status status, Status tooLarge) {
        return status.isOk()
                ? tooLarge
                : Status.of(status.code(), status.message() + " (left out: " + tooLarge.message() + ")");
    }
}
