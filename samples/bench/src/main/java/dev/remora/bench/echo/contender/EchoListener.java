package dev.remora.bench.echo.contender;

import dev.remora.bench.proto.EchoMessage;

/** Gets the end of one call: exactly one of the two, once. Must not block. */
public interface EchoListener {
    void onEcho(EchoMessage response);

    void onFailure(Throwable failure);
}
