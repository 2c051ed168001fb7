package dev.remora.samples.photos.node;

import com.google.inject.CreationException;
import com.google.inject.ProvisionException;

/** Says in one line why a node did not start. */
public final class StartFailure {
    private static final int MAX_DEPTH = 16;

    private StartFailure() {}

    /** The message of what went wrong, without what Guice wraps around it. */
    public static String explain(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; depth < MAX_DEPTH; depth++) {
            Throwable inner = cause.getCause();
            boolean wrapper = cause instanceof ProvisionException || cause instanceof CreationException;
            if (!wrapper || inner == null) {
                break;
            }
            cause = inner;
        }
        String message = cause.getMessage();
        return message == null ? cause.toString() : message;
    }
}
