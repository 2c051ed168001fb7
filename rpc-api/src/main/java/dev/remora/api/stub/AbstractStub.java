package dev.remora.api.stub;

import dev.remora.api.CallOptions;
import dev.remora.api.Channel;
import dev.remora.api.ClientInterceptor;
import dev.remora.api.Compression;
import dev.remora.api.Deadline;
import dev.remora.api.Metadata;
import java.time.Duration;
import java.util.Objects;

/**
 * What all generated stubs share: a channel and the options of the calls made through it. Immutable and for use by any
 * thread; each {@code with} method gives a new stub.
 *
 * @param <S> the stub's own type
 */
public abstract class AbstractStub<S extends AbstractStub<S>> {
    private final Channel channel;
    private final CallOptions options;

    protected AbstractStub(Channel channel, CallOptions options) {
        this.channel = Objects.requireNonNull(channel);
        this.options = Objects.requireNonNull(options);
    }

    /** A stub of the same type with another channel and other options. */
    protected abstract S build(Channel newChannel, CallOptions newOptions);

    public final Channel channel() {
        return channel;
    }

    public final CallOptions options() {
        return options;
    }

    /** Bounds each call made through the new stub; counted anew from the start of each call. */
    public final S withTimeout(Duration timeout) {
        return build(channel, options.withTimeout(timeout));
    }

    /** One moment that bounds all calls made through the new stub. */
    public final S withDeadline(Deadline deadline) {
        return build(channel, options.withDeadline(deadline));
    }

    /** Metadata to send with each call, in addition to what this stub sends already. */
    public final S withMetadata(Metadata metadata) {
        return build(channel, options.withMetadata(metadata));
    }

    /** Another value of one of the options of each call. */
    public final <T> S withOption(CallOptions.Key<T> key, T value) {
        return build(channel, options.with(key, value));
    }

    /** Calls wait for a server, until their deadlines, instead of failing while none is known or can be reached. */
    public final S withWaitForReady() {
        return build(channel, options.withWaitForReady(true));
    }

    /** Calls go to one and the same server, where the channel balances by consistent hash. */
    public final S withHashKey(String key) {
        return build(channel, options.withHashKey(key));
    }

    /** Compresses requests, unless they are small, and lets the server compress responses; NONE: neither. */
    public final S withCompression(Compression compression) {
        return build(channel, options.withCompression(compression));
    }

    /** Puts interceptors in front of this stub's channel; the first one sees a call first. */
    public final S withInterceptors(ClientInterceptor... interceptors) {
        Channel intercepted = channel;
        for (int i = interceptors.length - 1; i >= 0; i--) {
            intercepted = new InterceptedChannel(interceptors[i], intercepted);
        }
        return build(intercepted, options);
    }
}
