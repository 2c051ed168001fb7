package dev.remora.api.stub;

import dev.remora.api.ServerCall;

/** For a call that ended before it began: what the client still sends is dropped. */
final class DeafListener<Q> implements ServerCall.Listener<Q> {
    @Override
    public void onMessage(Q message) {}

    @Override
    public void onHalfClose() {}
}
