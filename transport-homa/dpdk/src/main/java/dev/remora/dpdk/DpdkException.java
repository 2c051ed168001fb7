package dev.remora.dpdk;

import java.io.Serial;

/** DPDK refused or cannot be had. The message says what, where and how to mend it. */
public class DpdkException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String problem;
    private final String remedy;

    /**
     * Creates one.
     *
     * @param problem what failed, and where
     * @param remedy what to do about it, a sentence or a command; may be empty
     */
    public DpdkException(String problem, String remedy) {
        super(remedy.isEmpty() ? problem : problem + "; " + remedy);
        this.problem = problem;
        this.remedy = remedy;
    }

    /** What failed, and where. */
    public String problem() {
        return problem;
    }

    /** What to do about it; empty when nothing is known to help. */
    public String remedy() {
        return remedy;
    }
}
