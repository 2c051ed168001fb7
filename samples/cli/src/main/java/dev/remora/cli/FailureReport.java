package dev.remora.cli;

import dev.remora.api.RpcException;
import dev.remora.bench.testbed.TestbedException;
import dev.remora.cli.call.CallException;
import dev.remora.runtime.config.InvalidConfigException;
import dev.remora.spi.TransportException;
import java.io.FileNotFoundException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * Tells why a command failed in a few lines: what, where, how to mend it. The stack trace is for those who ask with
 * {@code --debug}.
 */
final class FailureReport implements IExecutionExceptionHandler {
    private static final int MAX_CAUSES = 8;

    private final RootCommand root;

    FailureReport(RootCommand root) {
        this.root = root;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        ColorScheme colors = command.getColorScheme();
        Throwable told = unwrap(failure);
        err.println(colors.errorText("error: " + what(told)));
        Throwable cause = told.getCause();
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++, cause = cause.getCause()) {
            err.println("  because: " + what(cause));
        }
        err.println("  where: " + command.getCommandSpec().qualifiedName() + where(told));
        err.println("  mend: " + mend(told));
        if (root.debug()) {
            failure.printStackTrace(err);
        }
        err.flush();
        return told instanceof CallException call ? call.exitCode() : ExitCode.SOFTWARE;
    }

    /** The failure inside the wrappers that say nothing of their own. */
    private static Throwable unwrap(Throwable failure) {
        Throwable told = failure;
        for (int depth = 0; depth < MAX_CAUSES; depth++) {
            Throwable cause = told.getCause();
            boolean wrapper = told instanceof ExecutionException
                    || told instanceof CompletionException
                    || told instanceof UncheckedIOException;
            if (!wrapper || cause == null) {
                break;
            }
            told = cause;
        }
        return told;
    }

    private static String what(Throwable failure) {
        return switch (failure) {
            case NoSuchFileException e -> "no such file: " + e.getFile();
            case AccessDeniedException e -> "not allowed to use " + e.getFile();
            case FileSystemException e -> e.getFile() + ": " + e.getReason();
            case RpcException e -> "the call failed with " + e.status();
            default -> {
                String message = failure.getMessage();
                yield message == null || message.isBlank()
                        ? failure.getClass().getSimpleName()
                        : isTold(failure) ? message : failure.getClass().getSimpleName() + ": " + message;
            }
        };
    }

    /** For a failure nobody foresaw, the line of our code it came through. */
    private static String where(Throwable failure) {
        if (isTold(failure)) {
            return "";
        }
        for (StackTraceElement frame : failure.getStackTrace()) {
            if (frame.getClassName().startsWith("dev.remora.")) {
                return ", at " + frame;
            }
        }
        return "";
    }

    private static String mend(Throwable failure) {
        return switch (failure) {
            case NoSuchFileException e -> "check the path";
            case FileNotFoundException e -> "check the path";
            case AccessDeniedException e -> "check who owns it and its permissions";
            case InvalidConfigException e -> "change the configuration as the message says";
            case TransportException e -> mend(e.reason());
            case RpcException e -> mend(e);
            case TestbedException e -> e.mend();
            case CallException e -> e.mend();
            case InterruptedException e -> "run it again; it was interrupted";
            default -> "run it again with --debug for the stack trace";
        };
    }

    private static String mend(TransportException.Reason reason) {
        return switch (reason) {
            case BIND -> "choose another address, or end the process that has this one";
            case UNSUPPORTED ->
                "choose another transport: -Dremora.transport, or remora.transport in the configuration";
            case UNREACHABLE, REFUSED, PEER_LOST -> "check that the service runs and that the address is right";
            case TOO_LARGE, RESPONSE_TOO_LARGE -> "send less at once, or raise the limit in the configuration";
            default -> "run it again with --debug for the stack trace";
        };
    }

    private static String mend(RpcException failure) {
        return switch (failure.status().code()) {
            case UNAVAILABLE -> "check that the service runs and that the address is right";
            case DEADLINE_EXCEEDED -> "allow more time, or find out why the service is slow";
            case RESOURCE_EXHAUSTED -> "send less at once, or raise the limit the message names";
            case UNIMPLEMENTED -> "check that client and server are of the same version";
            default -> "read the log of the service, or run it again with --debug";
        };
    }

    /** Whether the message was written for the reader: then neither class nor line helps them. */
    private static boolean isTold(Throwable failure) {
        return failure instanceof java.io.IOException
                || failure instanceof InvalidConfigException
                || failure instanceof TestbedException
                || failure instanceof CallException
                || failure instanceof TransportException
                || failure instanceof RpcException;
    }
}
