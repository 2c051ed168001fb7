package dev.remora.cli.call;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import dev.remora.api.CallOptions;
import dev.remora.api.Metadata;
import dev.remora.api.RpcException;
import dev.remora.runtime.introspection.CallReport;
import dev.remora.runtime.reflection.DescriptorPool;
import dev.remora.runtime.reflection.v1.Service;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code remora call}: lists, describes and calls the methods of any service. */
@Command(
        mixinStandardHelpOptions = true,
        name = "call",
        sortOptions = false,
        customSynopsis = {
            "remora call [OPTIONS] ADDRESS [list [SERVICE]]",
            "       remora call [OPTIONS] ADDRESS describe [NAME]",
            "       remora call [OPTIONS] ADDRESS METHOD [JSON | @FILE | -]",
        },
        description = {
            "Lists, describes and calls the methods of any service, with JSON in and out.",
            "What there is to call the server tells by reflection, or files do: --proto, --descriptors."
        },
        footer = {
            "",
            "A method is named package.Service/Method, or by as much of its end as tells it from all others: Users/GetUser.",
            "The request is JSON, a file or standard input; streams take several documents, one after the other.",
            "",
            "  ./remora call 127.0.0.1:7000",
            "  ./remora call 127.0.0.1:7000 describe Echo/Say",
            "  ./remora call 127.0.0.1:7000 Echo/Say '{\"text\": \"hello\"}' -H 'tenant: blue' --timeout 2s",
            "",
            "Exit codes: 0 the call ended with OK, 1 it could not be made, 2 something was written wrongly, 65 to 80 it ended",
            "with another status: 64 and the number of that, such as 68 for DEADLINE_EXCEEDED."
        })
public final class CallCommand implements Callable<Integer> {
    private static final Duration QUESTION_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration UNARY_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration COMPLETION_TIMEOUT = Duration.ofSeconds(2);

    private final Supplier<Reader> input;

    @Parameters(paramLabel = "WORD", arity = "0..*", hidden = true)
    private List<String> words = new ArrayList<>();

    @Option(
            names = {"-H", "--header"},
            paramLabel = "KEY:VALUE",
            description = "Metadata to send; the value of a key that ends in -bin is Base64. May be repeated.")
    private List<String> headers = new ArrayList<>();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = DurationReader.class,
            description =
                    "Deadline of the call, such as 300ms or 5s; 0 is none. Without it 30s, and none for a stream.")
    private @Nullable Duration timeout;

    @Option(
            names = {"-i", "--include"},
            description = "Also show, on standard error, the metadata that came back and where the time went.")
    private boolean include;

    @Option(names = "--json-lines", description = "Each response on one line.")
    private boolean jsonLines;

    @Option(names = "--defaults", description = "Also show fields that have their default value.")
    private boolean defaults;

    @Option(
            names = "--proto",
            paramLabel = "FILE",
            description = "Take services from a .proto file instead of asking the server. May be repeated.")
    private List<Path> protos = new ArrayList<>();

    @Option(
            names = {"-I", "--proto-path"},
            paramLabel = "FOLDER",
            description =
                    "Where the imports of --proto start from; without it, where the file's package lets it suppose.")
    private List<Path> roots = new ArrayList<>();

    @Option(
            names = "--descriptors",
            paramLabel = "FILE",
            description = "Take services from a descriptor set (protoc --include_imports --descriptor_set_out=FILE).")
    private @Nullable Path descriptors;

    @Option(names = "--complete", hidden = true, description = "Print what may follow the words, for a shell.")
    private @Nullable String complete;

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Spec
    private @Nullable CommandSpec spec;

    public CallCommand() {
        this(() -> new InputStreamReader(System.in, StandardCharsets.UTF_8));
    }

    CallCommand(Supplier<Reader> input) {
        this.input = input;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (complete != null) {
            return complete(complete);
        }
        CallWords said = CallWords.of(words, hasFiles());
        Metadata metadata = MetadataReader.read(headers);
        if (said.verb() != CallWords.Verb.CALL && hasFiles()) {
            return show(said, files());
        }
        if (said.address() == null) {
            throw new CallException("a method was named, but no server", "name its address first: 127.0.0.1:7000");
        }
        try (Connection server = Connection.open(Connection.address(said.address()), connection)) {
            Schema schema = schema(server, QUESTION_TIMEOUT);
            return said.verb() == CallWords.Verb.CALL ? call(said, server, schema, metadata) : show(said, schema);
        }
    }

    private boolean hasFiles() {
        return !protos.isEmpty() || descriptors != null;
    }

    private Schema files() throws IOException, InterruptedException {
        if (descriptors != null) {
            if (!protos.isEmpty()) {
                throw new CallException("--proto and --descriptors do not go together", "give one of them");
            }
            return FileSchema.read(descriptors);
        }
        return FileSchema.of(protos.get(0).toString(), ProtoCompiler.compile(protos, roots));
    }

    private Schema schema(Connection server, Duration questionTimeout) throws IOException, InterruptedException {
        return hasFiles()
                ? files()
                : new ReflectedSchema(server.address().toString(), server.channel(), questionTimeout);
    }

    private int show(CallWords said, Schema schema) {
        String name = said.name();
        if (said.verb() == CallWords.Verb.LIST) {
            MethodFinder finder = new MethodFinder(schema);
            List<Service> chosen = name == null ? finder.services() : List.of(finder.service(name));
            MethodList.print(chosen, out(), ansi());
        } else {
            String address = said.address() == null ? "ADDRESS" : said.address();
            Description description = new Description(schema, "./remora call " + address);
            out().print(name == null ? description.all() : description.of(name));
        }
        out().flush();
        return 0;
    }

    private int call(CallWords said, Connection server, Schema schema, Metadata metadata)
            throws IOException, InterruptedException {
        MethodFinder.Found found = new MethodFinder(schema).method(Objects.requireNonNull(said.name()));
        DescriptorPool pool = schema.describe(List.of(found.service().getName()));
        MethodDescriptor method = pool.service(found.service().getName())
                .map(service -> service.findMethodByName(found.method().getName()))
                .orElseThrow(() -> new CallException(
                        schema.source() + " has no descriptor of " + found.fullName(),
                        "give --proto FILE or --descriptors FILE"));
        if (method.isClientStreaming() && said.data() == null) {
            throw new CallException(
                    found.fullName() + " takes a stream of messages, and none was given",
                    "give '{...} {...}', @FILE, or - for standard input; '' is an empty stream");
        }
        JsonText json = new JsonText(schema, pool, ansi(), jsonLines, defaults);
        try (JsonRequests given =
                JsonRequests.open(said.data(), input.get(), method.getInputType(), JsonText.types(pool))) {
            // Read before the call begins: its clock shall not run for what this tool does.
            Iterator<DynamicMessage> requests =
                    method.isClientStreaming() ? given : List.of(given.single()).iterator();
            CallRun run =
                    new CallRun(server.channel(), MethodFlags.toRemora(method), options(method, metadata), requests);
            return tell(run, json, server);
        }
    }

    private CallOptions options(MethodDescriptor method, Metadata metadata) {
        CallOptions options = CallOptions.DEFAULT.withMetadata(metadata);
        Duration chosen = timeout;
        if (chosen == null) {
            chosen = method.isClientStreaming() || method.isServerStreaming() ? Duration.ZERO : UNARY_TIMEOUT;
        }
        return chosen.isZero() ? options : options.withTimeout(chosen);
    }

    private int tell(CallRun run, JsonText json, Connection server) throws InterruptedException {
        PrintWriter out = out();
        PrintWriter err = err();
        // Ctrl-C is how one ends a stream: the server should hear of it at once.
        Thread atExit = new Thread(() -> run.cancel("interrupted by the user"), "cancel");
        Runtime.getRuntime().addShutdownHook(atExit);
        CallRun.End end;
        try {
            end = run.run(
                    came -> {
                        if (include) {
                            StatusText.print("header", came, err);
                        }
                    },
                    message -> {
                        out.println(json.of(message));
                        out.flush();
                    });
        } finally {
            removeHook(atExit);
        }
        if (!end.status().isOk()) {
            StatusText.print(end.status(), json, err, ansi());
        }
        if (include || !end.status().isOk()) {
            StatusText.print("trailer", end.trailers(), err);
        }
        if (include) {
            err.println((end.status().isOk() ? ansi().string("@|green OK|@") + " " : "  ") + time(server));
        }
        err.flush();
        return StatusText.exitCode(end.status().code());
    }

    /** The explanation of the last call: the question for descriptors were calls, too, and of other methods. */
    private static String time(Connection server) {
        List<CallReport> calls = server.calls().slowest(call -> !call.method().startsWith("remora.reflection."));
        return calls.isEmpty() ? "" : calls.get(0).explanation();
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process ends already, and the hook with it.
        }
    }

    /** Whatever goes wrong, a shell must not be disturbed: it then offers nothing. */
    private int complete(String begun) throws InterruptedException {
        if (words.isEmpty()) {
            return 0;
        }
        try (Connection server = Connection.open(Connection.address(words.get(0)), connection)) {
            Completer.candidates(schema(server, COMPLETION_TIMEOUT), words, begun)
                    .forEach(out()::println);
            out().flush();
            return 0;
        } catch (IOException | RpcException | CallException e) {
            return 1;
        }
    }

    private CommandSpec command() {
        return Objects.requireNonNull(spec, "to be run by picocli");
    }

    private PrintWriter out() {
        return command().commandLine().getOut();
    }

    private PrintWriter err() {
        return command().commandLine().getErr();
    }

    private Ansi ansi() {
        return command().commandLine().getColorScheme().ansi();
    }
}
