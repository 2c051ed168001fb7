package dev.remora.cli.call;

import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import dev.remora.runtime.introspection.v1.Call;
import dev.remora.runtime.introspection.v1.CallSide;
import dev.remora.runtime.introspection.v1.IntrospectionRpc;
import dev.remora.runtime.introspection.v1.ListCallsRequest;
import dev.remora.runtime.introspection.v1.ListCallsResponse;
import dev.remora.runtime.introspection.v1.ListSlowCallsRequest;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code remora why}: where the time of a server's calls goes. */
@Command(
        mixinStandardHelpOptions = true,
        name = "why",
        sortOptions = false,
        description = {
            "Shows where the time of a process's calls goes: of those in progress, and of the slowest of late.",
            "Calls it serves and calls it makes; the slowest of each method, in the present minute and the one before."
        },
        footer = {
            "",
            "The process must serve remora.introspection.v1.Introspection (remora.server.introspection = true).",
            "Exit codes: 0 it told, 1 or 65 to 80 it did not, 2 wrong options."
        })
public final class WhyCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_LIMIT = 1000;
    private static final double US_PER_MS = 1000;

    @Parameters(index = "0", paramLabel = "ADDRESS", description = "The server, host:port.")
    private String address = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "METHOD",
            description = "Only methods whose full name begins so, such as photos.Users/.")
    private String prefix = "";

    @Option(names = "--limit", paramLabel = "N", defaultValue = "20", description = "Of each list (default: 20).")
    private int limit;

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        CommandSpec command = Objects.requireNonNull(spec, "to be run by picocli");
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new ParameterException(command.commandLine(), "--limit must be 1 to " + MAX_LIMIT + ", got " + limit);
        }
        try (Connection server = Connection.open(Connection.address(address), connection)) {
            show(
                    server,
                    command.commandLine().getOut(),
                    command.commandLine().getColorScheme().ansi());
            return 0;
        } catch (RpcException e) {
            throw new CallException(
                    address + " does not tell: " + e.status(),
                    e.code() == StatusCode.UNIMPLEMENTED
                            ? "let it serve introspection: remora.server.introspection = true"
                            : "check that the server runs, its address, and its transport (--transport)",
                    StatusText.exitCode(e.code()));
        }
    }

    private void show(Connection server, PrintWriter out, Ansi ansi) {
        IntrospectionRpc.BlockingStub stub =
                IntrospectionRpc.blockingStub(server.channel()).withTimeout(TIMEOUT);
        ListCallsResponse now = stub.listCalls(ListCallsRequest.newBuilder()
                .setMethodPrefix(prefix)
                .setLimit(limit)
                .build());
        List<Call> slow = stub.listSlowCalls(ListSlowCallsRequest.newBuilder()
                        .setMethodPrefix(prefix)
                        .setLimit(limit)
                        .build())
                .getCallsList();
        out.println(ansi.string("@|bold in progress|@  " + now.getTotal())
                + (now.getTotal() > now.getCallsCount() ? ", the oldest " + now.getCallsCount() : "")
                + (now.getUnlisted() > 0 ? ", and some that were too many to list" : ""));
        now.getCallsList().forEach(call -> line(call, out, ansi));
        out.println();
        out.println(ansi.string("@|bold slowest of late|@  ") + slow.size());
        slow.forEach(call -> line(call, out, ansi));
        out.flush();
    }

    private static void line(Call call, PrintWriter out, Ansi ansi) {
        String status = call.getStatus().isEmpty() || call.getStatus().equals("OK")
                ? ""
                : ansi.string("  @|red " + call.getStatus() + "|@");
        out.println(String.format(
                        Locale.ROOT,
                        "%10.1f ms  %s %s",
                        call.getDurationUs() / US_PER_MS,
                        call.getSide() == CallSide.SERVER ? "served" : "made  ",
                        call.getMethod())
                + (call.getPeer().isEmpty()
                        ? ""
                        : (call.getSide() == CallSide.SERVER ? " for " : " to ") + call.getPeer())
                + status);
        out.println(ansi.string("@|faint " + " ".repeat(15) + why(call) + "|@"));
    }

    /** Without the duration, which stands above it. */
    private static String why(Call call) {
        String text = call.getExplanation();
        int equals = text.indexOf(" = ");
        return equals < 0 ? text : text.substring(equals + 3);
    }
}
