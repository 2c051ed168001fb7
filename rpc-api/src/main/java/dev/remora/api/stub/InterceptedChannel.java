package dev.remora.api.stub;

import dev.remora.api.CallOptions;
import dev.remora.api.Channel;
import dev.remora.api.ClientCall;
import dev.remora.api.ClientInterceptor;
import dev.remora.api.MethodDescriptor;
import java.util.Objects;

/** A channel with one interceptor in front of it. */
record InterceptedChannel(ClientInterceptor interceptor, Channel next) implements Channel {
    InterceptedChannel {
        Objects.requireNonNull(interceptor);
        Objects.requireNonNull(next);
    }

    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
        return interceptor.intercept(method, options, next);
    }
}
