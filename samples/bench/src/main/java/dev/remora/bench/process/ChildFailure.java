package dev.remora.bench.process;

/** A child process did not do what it was told; the message says which and why. */
public final class ChildFailure extends Exception {
    private static final long serialVersionUID = 1L;

    public ChildFailure(String message) {
        super(message);
    }
}
