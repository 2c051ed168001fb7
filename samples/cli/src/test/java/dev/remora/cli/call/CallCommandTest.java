package dev.remora.cli.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.health.HealthService;
import dev.remora.runtime.introspection.IntrospectionService;
import dev.remora.runtime.introspection.LiveCalls;
import dev.remora.runtime.reflection.ReflectionService;
import dev.remora.samples.echo.EchoService;
import dev.remora.spi.Endpoint;
import dev.remora.spi.Transport;
import dev.remora.tcp.TcpTransport;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command against a server in this process, over TCP; what it prints is what users read. */
@Timeout(120)
class CallCommandTest {
    /** Of the build, not of Remora's configuration, which would refuse it. */
    private static final String ROOT_PROPERTY = "remora.root";

    private static final String ROOT = System.getProperty(ROOT_PROPERTY);
    private static final LiveCalls CALLS = LiveCalls.create();
    private static final List<AutoCloseable> OPEN = new ArrayList<>();
    private static String address = "";
    private static String silent = "";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private String input = "";

    @BeforeAll
    static void serve() {
        System.clearProperty(ROOT_PROPERTY);
        Transport transport = TcpTransport.builder().build();
        OPEN.add(transport);
        address = start(RemoraServer.builder(transport)
                .service(new EchoService())
                .service(new HealthService())
                .service(new ReflectionService())
                .service(new IntrospectionService(CALLS)));
        silent = start(RemoraServer.builder(transport).service(new EchoService()));
    }

    private static String start(RemoraServer.Builder builder) {
        RemoraServer server =
                builder.calls(CALLS).address(Endpoint.parse("127.0.0.1:0")).start();
        OPEN.add(server);
        return server.localAddress().toString();
    }

    @AfterAll
    static void close() throws Exception {
        System.setProperty(ROOT_PROPERTY, ROOT);
        for (AutoCloseable each : OPEN.reversed()) {
            each.close();
        }
    }

    @BeforeEach
    void forget() {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
    }

    private int run(String... args) {
        return line(new CallCommand(() -> new StringReader(input))).execute(args);
    }

    private CommandLine line(Object command) {
        return new CommandLine(command)
                .setExpandAtFiles(false)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .setExecutionExceptionHandler((failure, where, parsed) -> {
                    if (!(failure instanceof CallException call)) {
                        throw failure;
                    }
                    where.getErr().println("error: " + call.getMessage() + "\n  mend: " + call.mend());
                    return call.exitCode();
                });
    }

    private String said() {
        return out.toString();
    }

    private String complained() {
        return err.toString();
    }

    @Test
    void anAddressAloneListsWhatIsThere() {
        assertThat(run(address)).isZero();
        assertThat(said())
                .contains("remora.samples.echo.Echo/Say    (SayRequest) returns (SayResponse)\n")
                .contains("remora.samples.echo.Echo/Count  (CountRequest) returns (stream CountResponse)\n")
                .contains("remora.samples.echo.Echo/Sum    (stream SumRequest) returns (SumResponse)\n")
                .contains("remora.health.v1.Health/Check", "remora.reflection.v1.Reflection/ListServices");
        String all = said();
        forget();
        assertThat(run(address, "list")).isZero();
        assertThat(said()).isEqualTo(all);
    }

    @Test
    void oneServiceCanBeListed() {
        assertThat(run(address, "list", "Echo")).isZero();
        assertThat(said().lines()).hasSize(6).allMatch(line -> line.startsWith("remora.samples.echo.Echo/"));
        forget();
        assertThat(run(address, "list", "Ecko")).isEqualTo(2);
        assertThat(complained()).contains("has no service 'Ecko'; did you mean Echo?");
    }

    @Test
    void aMethodIsDescribedWithItsMessagesAndHowToCallIt() {
        assertThat(run(address, "describe", "Echo/Say")).isZero();
        assertThat(said())
                .contains("rpc Say(SayRequest) returns (SayResponse);  // idempotent\n")
                .contains("message SayRequest {\n  string text = 1;\n  int32 times = 2;\n  Style style = 3;\n}\n")
                .contains("enum Style {\n  PLAIN = 0;\n  UPPER_CASE = 1;\n  BACKWARDS = 2;\n}\n")
                .contains("  map<string, string> metadata = 2;\n")
                .endsWith("// ./remora call " + address + " remora.samples.echo.Echo/Say"
                        + " '{\"text\":\"\",\"times\":0,\"style\":\"PLAIN\"}'\n");
    }

    @Test
    void servicesAndMessagesAreDescribed() {
        assertThat(run(address, "describe", "Health")).isZero();
        assertThat(said())
                .startsWith("// remora.health.v1.Health\nservice Health {\n")
                .contains("  rpc Check(CheckRequest) returns (CheckResponse);  // idempotent, inline\n")
                .contains("  rpc Watch(WatchRequest) returns (stream WatchResponse);");
        forget();
        assertThat(run(address, "describe", "SleepRequest")).isZero();
        assertThat(said())
                .isEqualTo("// remora.samples.echo.SleepRequest\nmessage SleepRequest {\n  int32 ms = 1;\n}\n");
        forget();
        assertThat(run(address, "describe")).isZero();
        assertThat(said()).contains("service Echo {", "service Health {", "service Introspection {");
        forget();
        assertThat(run(address, "describe", "Ehco/Say")).isEqualTo(2);
        assertThat(complained()).contains("did you mean Echo/Say?");
    }

    @Test
    void aCallPrintsTheResponseAsJson() {
        assertThat(run(address, "Echo/Say", "{\"text\": \"hello\"}")).isZero();
        assertThat(said()).isEqualTo("{\n  \"text\": \"hello\"\n}\n");
        assertThat(complained()).isEmpty();
    }

    @Test
    void withoutRequestTheEmptyOneIsSent() {
        assertThat(run(address, "Echo/Say", "--defaults", "--json-lines")).isZero();
        assertThat(said()).isEqualTo("{\"text\":\"\",\"metadata\":{}}\n");
    }

    @Test
    void metadataIsSent() {
        assertThat(run(address, "Echo/Say", "--json-lines", "-H", "Tenant: blue", "-H", "raw-bin: AAE="))
                .isZero();
        assertThat(said()).isEqualTo("{\"metadata\":{\"tenant\":\"blue\"}}\n");
        assertThat(run(address, "Echo/Say", "-H", "tenant")).isEqualTo(2);
        assertThat(complained()).contains("-H 'tenant' is no metadata", "-H 'key: value'");
        assertThat(run(address, "Echo/Say", "-H", "raw-bin: ??")).isEqualTo(2);
        assertThat(complained()).contains("give the bytes in Base64");
    }

    @Test
    void requestsComeFromAFileOrStandardInput(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("request.json");
        Files.writeString(file, "{\"text\": \"from file\"}");
        assertThat(run(address, "Echo/Say", "@" + file, "--json-lines")).isZero();
        input = "{\"text\": \"from input\"}";
        assertThat(run(address, "Echo/Say", "-", "--json-lines")).isZero();
        assertThat(said()).isEqualTo("{\"text\":\"from file\"}\n{\"text\":\"from input\"}\n");
    }

    @Test
    void slipsAreToldWithGuesses() {
        assertThat(run(address, "Echo/Sya", "{}")).isEqualTo(2);
        assertThat(complained()).contains("has no method 'Echo/Sya'; did you mean Echo/Say?");
        assertThat(run(address, "Echo/Say", "{\"txt\": 1}")).isEqualTo(2);
        assertThat(complained()).contains("SayRequest has no field 'txt'; did you mean text?");
        assertThat(run(address, "Echo/Say", "{\"text\": \"a\"} {}")).isEqualTo(2);
        assertThat(complained()).contains("the method takes one message, and more were given");
        assertThat(said()).isEmpty();
    }

    @Test
    void anotherStatusIsShownWithDetailsAndTrailersAndIsTheExitCode() {
        assertThat(run(address, "Echo/Fail", "{\"code\": \"NOT_FOUND\", \"message\": \"no user 7\"}"))
                .isEqualTo(64 + 5);
        assertThat(complained())
                .isEqualTo("NOT_FOUND: no user 7\n"
                        + "  detail remora.samples.echo.FailDetail {\"askedFor\":\"NOT_FOUND\"}\n"
                        + "  trailer advice: ask for something else\n");
        assertThat(said()).isEmpty();
    }

    @Test
    void aPassedDeadlineIsExplained() {
        assertThat(run(address, "Echo/Sleep", "{\"ms\": 60000}", "--timeout", "150ms"))
                .isEqualTo(64 + 4);
        assertThat(complained())
                .startsWith(
                        "DEADLINE_EXCEEDED: remora.samples.echo.Echo/Sleep: deadline passed waiting for the response")
                .contains("waiting for " + address + " ")
                .doesNotContain("detail");
    }

    @Test
    void whereTheTimeWentIsShownOnRequest() {
        assertThat(run(address, "Echo/Sleep", "{\"ms\": 20}", "-i")).isZero();
        assertThat(complained())
                .startsWith("OK ")
                .contains("waiting for " + address, "(server: queued ", "; mostly the handler");
    }

    @Test
    void durationsAreChecked() {
        assertThat(run(address, "Echo/Say", "--timeout", "soon")).isEqualTo(2);
        assertThat(complained()).contains("'soon' is not a duration: write 300ms, 5s");
    }

    @Test
    void aStreamWithoutMessagesIsAskedFor() {
        assertThat(run(address, "Echo/Sum")).isEqualTo(2);
        assertThat(complained()).contains("takes a stream of messages, and none was given");
    }

    @Test
    void aServerWithoutReflectionSaysSoAndFilesHelp(@TempDir Path folder) throws IOException {
        assertThat(run(silent)).isEqualTo(64 + 12);
        assertThat(complained()).contains("has no reflection", "remora.server.reflection = true", "--proto FILE");
        Path proto = echoProto(folder);
        assertThat(run(silent, "Echo/Say", "{\"text\": \"hi\"}", "--proto", proto.toString(), "--json-lines"))
                .isZero();
        assertThat(said()).isEqualTo("{\"text\":\"hi\"}\n");
    }

    @Test
    void filesAreListedAndDescribedWithoutServerAndWithComments(@TempDir Path folder) throws IOException {
        Path proto = echoProto(folder);
        assertThat(run("--proto", proto.toString(), "list")).isZero();
        assertThat(said()).contains("remora.samples.echo.Echo/Say ");
        forget();
        assertThat(run("--proto", proto.toString(), "describe", "Echo/Say")).isZero();
        assertThat(said())
                .contains("// Says the text again.\nrpc Say(")
                .contains("  // 1 to 1000; 1 if 0.\n  int32 times = 2;")
                .contains("./remora call ADDRESS ");
    }

    @Test
    void aFileThatDoesNotCompileIsToldByPlaceAndReason(@TempDir Path folder) throws IOException {
        Path bad = folder.resolve("bad.proto");
        Files.writeString(bad, "syntax = \"proto3\";\nservice S {\n  rpc M(Nothing) returns (Nothing);\n}\n");
        assertThat(run("--proto", bad.toString(), "list")).isEqualTo(2);
        assertThat(complained()).contains("bad.proto:3:").contains("\"Nothing\" is not defined");
        Files.writeString(bad, "syntax = \"proto3\";\nimport \"away/there.proto\";\n");
        assertThat(run("--proto", bad.toString(), "list")).isEqualTo(2);
        assertThat(complained()).contains("away/there.proto: File not found", "-I FOLDER");
        assertThat(run("--proto", folder.resolve("none.proto").toString(), "list"))
                .isEqualTo(2);
        assertThat(complained()).contains("no such file");
    }

    @Test
    void aDescriptorSetWillDo(@TempDir Path folder) throws Exception {
        Path set = folder.resolve("set");
        Files.write(
                set,
                ProtoCompiler.compile(List.of(echoProto(folder)), List.of()).toByteArray());
        assertThat(run(silent, "Echo/Say", "{\"text\": \"hi\"}", "--descriptors", set.toString(), "--json-lines"))
                .isZero();
        assertThat(said()).isEqualTo("{\"text\":\"hi\"}\n");
        Files.writeString(set, "this is no set");
        assertThat(run("--descriptors", set.toString(), "list")).isEqualTo(2);
        assertThat(complained()).contains("is not a descriptor set", "--include_imports");
    }

    @Test
    void nobodyThereIsUnavailable() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        assertThat(run("127.0.0.1:" + port)).isEqualTo(64 + 14);
        assertThat(complained()).contains("UNAVAILABLE", "check that the server runs");
    }

    @Test
    void wrongWordsAreTold() {
        assertThat(run()).isEqualTo(2);
        assertThat(complained()).contains("which server?", "./remora serve");
        assertThat(run("nowhere")).isEqualTo(2);
        assertThat(complained()).contains("'nowhere' is not an address");
        assertThat(run(address, "Echo/Say", "{}", "more")).isEqualTo(2);
        assertThat(complained()).contains("too many words after the method Echo/Say");
        assertThat(run(address, "list", "a", "b")).isEqualTo(2);
        assertThat(complained()).contains("list takes one name");
        assertThat(run("--set", "remora.transport=pigeon", address)).isEqualTo(1);
        assertThat(complained()).contains("'pigeon' is no transport here");
    }

    @Test
    void aShellIsToldWhatMayFollow() {
        assertThat(run(address, "--complete", "Echo/S")).isZero();
        assertThat(said().lines()).containsExactlyInAnyOrder("Echo/Say", "Echo/Sleep", "Echo/Sum");
        forget();
        assertThat(run(address, "--complete", "remora.samples.echo.Echo/Sl")).isZero();
        assertThat(said().lines()).containsExactly("remora.samples.echo.Echo/Sleep");
        forget();
        assertThat(run(address, "list", "--complete", "remora.sam")).isZero();
        assertThat(said().lines()).containsExactly("remora.samples.echo.Echo");
        forget();
        assertThat(run("127.0.0.1", "--complete", "")).isEqualTo(1);
        assertThat(said() + complained()).isEmpty();
    }

    @Test
    void whyShowsWhereTheTimeOfAServersCallsWent() {
        assertThat(run(address, "Echo/Sleep", "{\"ms\": 30}")).isZero();
        forget();
        assertThat(line(new WhyCommand()).execute(address, "remora.samples.echo.Echo/Sleep"))
                .isZero();
        assertThat(said())
                .containsPattern("in progress  0\n")
                .containsPattern(" ms  served remora.samples.echo.Echo/Sleep for \\S+")
                .containsPattern("queued \\S+ ms \\+ handler \\S+ ms \\+ responding \\S+ ms; mostly the handler");
        assertThat(line(new WhyCommand()).execute(silent)).isEqualTo(64 + 12);
        assertThat(complained()).contains("remora.server.introspection = true");
    }

    /** The file of the sample, in folders that are named like its package. */
    private static Path echoProto(Path folder) throws IOException {
        Path file = folder.resolve("remora/samples/echo/echo.proto");
        Files.createDirectories(file.getParent());
        Files.copy(Path.of(ROOT, "samples/echo/src/main/proto/remora/samples/echo/echo.proto"), file);
        return file;
    }
}
