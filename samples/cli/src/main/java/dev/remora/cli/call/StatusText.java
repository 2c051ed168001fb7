package dev.remora.cli.call;

import com.google.protobuf.Any;
import dev.remora.api.Metadata;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.introspection.v1.SlowCall;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import picocli.CommandLine.Help.Ansi;

/** How a call ended, for people, and for scripts as an exit code. */
final class StatusText {
    /** Added to a status's number, so that no status meets the codes of the tool itself. */
    private static final int EXIT_CODE_BASE = 64;

    private StatusText() {}

    /** 0 for OK, else 65 to 80. */
    static int exitCode(StatusCode code) {
        return code == StatusCode.OK ? 0 : EXIT_CODE_BASE + code.number();
    }

    static void print(Status status, JsonText json, PrintWriter err, Ansi ansi) {
        String code = ansi.string("@|bold,red " + status.code() + "|@");
        err.println(status.message().isEmpty() ? code : code + ": " + status.message());
        for (Any detail : status.details()) {
            // The message tells it already, and better.
            if (!detail.is(SlowCall.class)) {
                err.println("  detail " + json.detail(detail));
            }
        }
    }

    /** Each pair on a line of its own, binary values in Base64 as they may be given. */
    static void print(String kind, Metadata metadata, PrintWriter err) {
        metadata.forEachRaw((name, value) -> err.println("  " + kind + " " + name + ": "
                + (name.endsWith(Metadata.BINARY_SUFFIX)
                        ? Base64.getEncoder().encodeToString(value)
                        : new String(value, StandardCharsets.US_ASCII))));
    }
}
