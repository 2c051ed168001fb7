package dev.remora.bench.echo;

/** A child process did not do what it was told; the message says which and why. */
final class ChildFailure extends Exception {
    private static final long serialVersionUID = 1L;

    ChildFailure(String message) {
        super(message);
    }
}
