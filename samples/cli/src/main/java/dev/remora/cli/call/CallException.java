package dev.remora.cli.call;

import picocli.CommandLine.ExitCode;

/** What a user did or met, told with how to mend it. */
public final class CallException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String mend;
    private final int exitCode;

    /** Something was written wrongly. */
    CallException(String message, String mend) {
        this(message, mend, ExitCode.USAGE);
    }

    CallException(String message, String mend, int exitCode) {
        super(message);
        this.mend = mend;
        this.exitCode = exitCode;
    }

    /** What to do about it. */
    public String mend() {
        return mend;
    }

    /** Of the process. */
    public int exitCode() {
        return exitCode;
    }
}
