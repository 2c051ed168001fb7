package dev.remora.homa.protocol.receive;

/** Is told which parts of an arriving piece are new; a long-lived object, so that no call allocates. */
@FunctionalInterface
public interface PieceSink {
    /** The bytes [from, to) of the message had not been received before: store them. */
    void piece(int from, int to);
}
