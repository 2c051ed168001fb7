package dev.remora.homa.sim.fault;

/** An invariant does not hold; the message begins with its number. */
final class FaultViolation extends RuntimeException {
    private static final long serialVersionUID = 1;

    FaultViolation(String message) {
        super(message);
    }
}
