package dev.remora.bench.testbed;

/** A testbed could not be made, read or removed. The message says what and where, {@link #mend} what to do about it. */
public final class TestbedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String mend;

    TestbedException(String message, String mend) {
        super(message);
        this.mend = mend;
    }

    TestbedException(String message, String mend, Throwable cause) {
        super(message, cause);
        this.mend = mend;
    }

    /** How to mend it, in one line. */
    public String mend() {
        return mend;
    }

    @Override
    public String toString() {
        return super.toString() + " (to mend it: " + mend + ")";
    }
}
