package dev.remora.runtime.call;

import dev.remora.api.CallContext;
import dev.remora.api.Deadline;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;

/** What the calls that a handler makes take over from the call that it serves. */
public final class ServedCall {
    private ServedCall() {}

    /**
     * What the calls made for a call end with when that is cancelled: as its deadline is theirs, they ran out of time if it
     * did, whichever of the timers was first.
     *
     * @param served is cancelled
     */
    public static Status whyCancelled(CallContext served) {
        Deadline deadline = served.deadline();
        return deadline != null && deadline.isExpired()
                ? Status.of(StatusCode.DEADLINE_EXCEEDED, "the deadline of the call being served passed")
                : Status.of(StatusCode.CANCELLED, "the call being served was cancelled");
    }
}
