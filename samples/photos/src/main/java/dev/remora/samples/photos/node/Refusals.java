package dev.remora.samples.photos.node;

import dev.remora.api.RpcException;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.samples.photos.v1.InvalidField;
import dev.remora.samples.photos.v1.MissingResource;
import dev.remora.samples.photos.v1.TakenName;

/** The errors these services answer with: each has a code, a text for people and a typed detail for programs. */
public final class Refusals {
    private Refusals() {}

    /** NOT_FOUND. */
    public static RpcException missing(String kind, Object id) {
        return Status.of(StatusCode.NOT_FOUND, "there is no " + kind + " " + id)
                .withDetail(MissingResource.newBuilder()
                        .setKind(kind)
                        .setId(id.toString())
                        .build())
                .asException();
    }

    /**
     * INVALID_ARGUMENT.
     *
     * @param field name of the request's field
     * @param rule what it must be, such as "must have 1 to 30 characters"
     */
    public static RpcException invalid(String field, String rule) {
        return Status.of(StatusCode.INVALID_ARGUMENT, field + " " + rule)
                .withDetail(
                        InvalidField.newBuilder().setField(field).setRule(rule).build())
                .asException();
    }

    /** ALREADY_EXISTS. */
    public static RpcException taken(String field, String value) {
        return Status.of(StatusCode.ALREADY_EXISTS, field + " '" + value + "' is taken")
                .withDetail(
                        TakenName.newBuilder().setField(field).setValue(value).build())
                .asException();
    }

    /** Checks a page size: {@code whenZero} for 0, else from 1 to {@code max}. */
    public static int pageSize(String field, int asked, int whenZero, int max) {
        if (asked < 0 || asked > max) {
            throw invalid(field, "must be 0 to " + max + ", got " + asked);
        }
        return asked == 0 ? whenZero : asked;
    }
}
