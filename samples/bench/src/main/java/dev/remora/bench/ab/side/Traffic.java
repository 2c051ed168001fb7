package dev.remora.bench.ab.side;

/** What a process' transport has sent since its start; any thread. */
public interface Traffic {
    /** Grants; 0 for TCP. */
    long grants();

    /** Packets or segments sent again. */
    long retransmissions();
}
