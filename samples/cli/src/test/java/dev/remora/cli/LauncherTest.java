package dev.remora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script in a small source tree of its own, with a JDK and a Maven that only write down how they are called. */
class LauncherTest {
    /** Versions no machine has, so that the real JDKs are out of the way. */
    private static final String REQUIRED = "900";

    @TempDir
    private Path dir;

    private Path root;
    private Path home;
    private Path bin;

    @BeforeEach
    void sourceTree() throws IOException {
        root = Files.createDirectories(dir.resolve("a place with spaces"));
        home = Files.createDirectories(dir.resolve("home"));
        bin = Files.createDirectories(dir.resolve("bin"));
        executable(root.resolve("remora"), Files.readString(Path.of(System.getProperty("remora.root"), "remora")));
        write("pom.xml", "<version>1.2.3</version>\n<remora.jdk>" + REQUIRED + "</remora.jdk>\n");
        write("rpc-api/src/main/java/A.java", "class A {}");
        write("rpc-api/src/test/java/ATest.java", "class ATest {}");
        write("rpc-api/pom.xml", "<project/>");
        maven("exit 0");
        jdk("jdk-900", "900.0.1");
    }

    @Test
    void buildsOnceThenRuns() throws Exception {
        assertThat(remora("demo", "--x").out()).contains("ran jdk-900").contains("dev.remora.cli.Main demo --x");
        assertThat(remora("demo").code()).isZero();
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void buildsAgainWhenASourceChanges() throws Exception {
        remora("demo");
        write("rpc-api/src/main/java/A.java", "class A { }");
        remora("demo");
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void buildsAgainWhenASourceIsAddedOrDeleted() throws Exception {
        remora("demo");
        write("rpc-api/src/main/java/B.java", "");
        remora("demo");
        assertThat(builds()).isEqualTo(2);
        Files.delete(root.resolve("rpc-api/src/main/java/A.java"));
        remora("demo");
        assertThat(builds()).isEqualTo(3);
    }

    @Test
    void buildsAgainWhenWhatWasBuiltIsGone() throws Exception {
        remora("demo");
        Files.delete(dir.resolve("library.jar"));
        remora("demo");
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void doesNotBuildForAChangedTestOrForHelp() throws Exception {
        remora("demo");
        write("rpc-api/src/test/java/ATest.java", "class ATest { }");
        remora("demo");
        assertThat(builds()).isEqualTo(1);
        remora("clean");
        assertThat(remora("--version").out()).isEqualTo("remora 1.2.3\n");
        assertThat(remora("help").out()).contains("./remora COMMAND", "demo", "test [module]");
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void twoAtOnceBuildOnce() throws Exception {
        List<Process> both = List.of(start(Map.of(), "demo"), start(Map.of(), "demo"));
        for (Process each : both) {
            Outcome outcome = Outcome.of(each);
            assertThat(outcome.code()).as(outcome.out()).isZero();
        }
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void worksThroughASymbolicLinkFromAnotherFolder() throws Exception {
        Path link = Files.createSymbolicLink(bin.resolve("linked-remora"), root.resolve("remora"));
        Process process = command(Map.of(), List.of(link.toString(), "demo"))
                .directory(home.toFile())
                .start();
        Outcome outcome = Outcome.of(process);
        assertThat(outcome.code()).as(outcome.out()).isZero();
        assertThat(outcome.out()).contains("in " + home.toRealPath());
    }

    @Test
    void takesTheNewestJdk() throws Exception {
        jdk("jdk-901", "901");
        jdk("jdk-900.0.9", "900.0.9");
        jdk("jdk-17", "17.0.2");
        assertThat(remora("demo").out()).contains("ran jdk-901");
    }

    @Test
    void javaHomeComesBeforeANewerOneElsewhere() throws Exception {
        jdk("jdk-901", "901");
        Outcome outcome =
                remora(Map.of("JAVA_HOME", home.resolve(".jdks/jdk-900").toString()), "demo");
        assertThat(outcome.out()).contains("ran jdk-900");
    }

    @Test
    void sayWhatToInstallWhenEveryJdkIsTooOld() throws Exception {
        write("pom.xml", "<remora.jdk>999</remora.jdk>");
        Outcome outcome = remora("demo");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).contains("error: no JDK 999 or newer found", "install", "REMORA_JAVA_HOME");
    }

    @Test
    void refusesAnUnfitRemoraJavaHome() throws Exception {
        jdk("jdk-17", "17.0.2");
        String old = home.resolve(".jdks/jdk-17").toString();
        Outcome outcome = remora(Map.of("REMORA_JAVA_HOME", old), "demo");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).contains("error: REMORA_JAVA_HOME=" + old + " is no JDK 900 or newer");
    }

    @Test
    void refusesAnOldMaven() throws Exception {
        executable(bin.resolve("mvn"), "#!/bin/sh\necho 'Apache Maven 3.6.3'\n");
        Outcome outcome = remora("demo");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).contains("error: Maven 3.6.3 is too old");
    }

    @Test
    void failedBuildShowsItsErrorsAndTheLog() throws Exception {
        maven("echo '[ERROR] /A.java:[1,2] no good'; exit 1");
        Outcome outcome = remora("demo");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out())
                .contains("[ERROR] /A.java:[1,2] no good", "error: the build failed", ".remora/build.log");
        maven("exit 0");
        assertThat(remora("demo").code()).isZero();
    }

    @Test
    void testCountsAndNamesWhatWasSkipped() throws Exception {
        maven(report(3, 0, 1, "<skipped message=\"needs &quot;hugepages&quot;\"/>"));
        Outcome outcome = remora("test");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("SKIPPED a.ATest works", "needs \"hugepages\"");
        assertThat(outcome.out()).endsWith("2 passed, 0 failed, 1 skipped\n");
    }

    @Test
    void whatAllTestsRanOnIsNotBuiltAgain() throws Exception {
        maven(report(1, 0, 0, ""));
        assertThat(remora("test").code()).isZero();
        assertThat(remora("demo").out()).contains("dev.remora.cli.Main demo");
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void failedTestFailsTheRun() throws Exception {
        maven(report(3, 1, 0, "<failure message=\"expected 1\" type=\"x\">trace</failure>") + "\nexit 1");
        Outcome outcome = remora("test");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).contains("FAILED  a.ATest works", "expected 1");
        assertThat(outcome.out()).endsWith("2 passed, 1 failed, 0 skipped\n");
    }

    @Test
    void brokenBuildIsNoSuccessEvenIfAllTestsThatRanPassed() throws Exception {
        maven(report(3, 0, 0, "") + "\necho '[ERROR] does not compile'; exit 1");
        Outcome outcome = remora("test");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).contains("does not compile").endsWith("3 passed, 0 failed, 0 skipped\n");
    }

    @Test
    void noTestAtAllIsNoSuccess() throws Exception {
        assertThat(remora("test").code()).isEqualTo(1);
    }

    @Test
    void testOfOneModuleAndUnknownModule() throws Exception {
        maven(report(1, 0, 0, ""));
        assertThat(remora("test", "rpc-api", "-Dtest=ATest").code()).isZero();
        assertThat(Files.readString(dir.resolve("mvn-calls")))
                .contains("-pl rpc-api -am")
                .contains("-Dtest=ATest");
        Outcome unknown = remora("test", "rpc-apy");
        assertThat(unknown.code()).isEqualTo(1);
        assertThat(unknown.out()).contains("there is no module rpc-apy", "modules: rpc-api");
    }

    /** Shell code that writes a report as Maven's does. */
    private static String report(int tests, int failures, int skipped, String inside) {
        return """
                mkdir -p rpc-api/target/surefire-reports
                cat >rpc-api/target/surefire-reports/TEST-a.ATest.xml <<'END'
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuite name="a.ATest" time="0.1" tests="%d" errors="0" skipped="%d" failures="%d">
                  <testcase name="works" classname="a.ATest" time="0.1">
                    %s
                  </testcase>
                </testsuite>
                END""".formatted(tests, skipped, failures, inside);
    }

    private void maven(String action) throws IOException {
        executable(bin.resolve("mvn"), """
                #!/bin/bash
                if [ "$2" = -v ]; then echo 'Apache Maven 3.9.1'; exit; fi
                echo "$@" >>'%1$s/mvn-calls'
                mkdir -p samples/cli/target
                touch samples/cli/target/remora-cli-1.jar '%1$s/library.jar'
                printf '%%s' '%1$s/library.jar' >samples/cli/target/classpath
                %2$s
                """.formatted(dir, action));
    }

    private void jdk(String name, String version) throws IOException {
        Path jdk = home.resolve(".jdks").resolve(name);
        Files.createDirectories(jdk.resolve("bin"));
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        executable(jdk.resolve("bin/javac"), "#!/bin/sh\n");
        executable(jdk.resolve("bin/java"), "#!/bin/sh\necho \"ran " + name + " in $(pwd -P) with $*\"\n");
    }

    private long builds() throws IOException {
        return Files.readAllLines(dir.resolve("mvn-calls")).size();
    }

    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static void executable(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Outcome remora(String... args) throws Exception {
        return remora(Map.of(), args);
    }

    private Outcome remora(Map<String, String> variables, String... args) throws Exception {
        return Outcome.of(start(variables, args));
    }

    private Process start(Map<String, String> variables, String... args) throws IOException {
        List<String> words = new ArrayList<>(List.of(root.resolve("remora").toString()));
        words.addAll(Arrays.asList(args));
        return command(variables, words).start();
    }

    private ProcessBuilder command(Map<String, String> variables, List<String> words) {
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.keySet().removeAll(List.of("JAVA_HOME", "REMORA_JAVA_HOME", "REMORA_JAVA_OPTS"));
        environment.put("HOME", home.toString());
        environment.put("PATH", bin + ":" + environment.get("PATH"));
        environment.putAll(variables);
        return builder;
    }

    private record Outcome(int code, String out) {
        static Outcome of(Process process) throws IOException, InterruptedException {
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), out);
        }
    }
}
