package dev.remora.runtime.resolve;

import org.jspecify.annotations.Nullable;

/** A look-up that brought no address; the message is for people. */
class ResolveFailure extends Exception {
    private static final long serialVersionUID = 1;

    ResolveFailure(String what, @Nullable Throwable cause) {
        super(what, cause, false, false);
    }

    /** Whoever was asked is sure that there is nothing. */
    static final class NoSuchName extends ResolveFailure {
        private static final long serialVersionUID = 1;

        NoSuchName(String what) {
            super(what, null);
        }
    }
}
