package dev.remora.api;

/** Lets an interceptor serve a call in another context: what is run for the call then runs in that one. */
public final class CallContexts {
    private CallContexts() {}

    /**
     * Hands a call on with another context. The handler and all that the client does are run by
     * {@link CallContext#run} of it, and it is what {@link ServerCall#context} and {@link CallContext#current} give there.
     *
     * @param context mostly a {@link ForwardingCallContext} of the call's own
     */
    public static <Q, R> ServerCall.Listener<Q> intercept(
            ServerCall<Q, R> call, CallContext context, ServerCallHandler<Q, R> next) {
        CallInContext<Q, R> inContext = new CallInContext<>(call, context);
        context.run(() -> inContext.start(next));
        return inContext;
    }

    /** The call with its other context, and the listener that reports in it. */
    private static final class CallInContext<Q, R> extends ForwardingServerCall<Q, R>
            implements ServerCall.Listener<Q> {
        private final CallContext context;

        @SuppressWarnings("NullAway.Init") // start comes before anything that uses it
        private ServerCall.Listener<Q> listener;

        CallInContext(ServerCall<Q, R> call, CallContext context) {
            super(call);
            this.context = context;
        }

        void start(ServerCallHandler<Q, R> next) {
            listener = next.startCall(this);
        }

        @Override
        public CallContext context() {
            return context;
        }

        @Override
        public void onMessage(Q message) {
            context.run(() -> listener.onMessage(message));
        }

        @Override
        public void onHalfClose() {
            context.run(listener::onHalfClose);
        }

        @Override
        public void onCancel() {
            context.run(listener::onCancel);
        }

        @Override
        public void onComplete() {
            context.run(listener::onComplete);
        }

        @Override
        public void onReady() {
            context.run(listener::onReady);
        }
    }
}
