package dev.remora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.DocumentationTool;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The documentation of what others may use: it is there, and the javadoc tool has nothing to say against it. */
class JavadocTest {
    private static final Pattern PUBLIC_TYPE = Pattern.compile(
            "\\s*(public|protected) ((static|final|abstract|sealed|non-sealed) )*(class|interface|record|enum|@interface) .*");

    private static final Path ROOT = Path.of(System.getProperty("remora.root"));
    private static final List<Path> SOURCES = new ArrayList<>();

    @TempDir
    Path output;

    /** Those of every module that others depend on: not the samples, nor what is generated. */
    @BeforeAll
    static void findSources() throws IOException {
        SOURCES.clear();
        for (String module : List.of(
                "rpc-api",
                "rpc-runtime",
                "rpc-runtime/testing",
                "rpc-runtime/tracing-opentelemetry",
                "transport-tcp",
                "transport-homa/dpdk",
                "transport-homa/homa-protocol",
                "transport-homa/homa-sim",
                "transport-homa/homa-transport")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                files.filter(file -> file.toString().endsWith(".java") && !file.endsWith("module-info.java"))
                        .forEach(SOURCES::add);
            }
        }
        assertThat(SOURCES).hasSizeGreaterThan(200);
    }

    @Test
    void everyPublicTypeIsDocumented() throws IOException {
        List<String> silent = new ArrayList<>();
        for (Path file : SOURCES) {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (PUBLIC_TYPE.matcher(lines.get(i)).matches() && !isDocumented(lines, i)) {
                    silent.add(ROOT.relativize(file) + ":" + (i + 1));
                }
            }
        }
        assertThat(silent).as("public types without documentation").isEmpty();
    }

    private static boolean isDocumented(List<String> lines, int declaration) {
        int line = declaration - 1;
        while (line >= 0 && lines.get(line).strip().startsWith("@")) {
            line--;
        }
        return line >= 0 && lines.get(line).strip().endsWith("*/");
    }

    @Test
    void javadocHasNothingToSay() throws IOException {
        DocumentationTool tool = ToolProvider.getSystemDocumentationTool();
        assertThat(tool).as("the javadoc tool of this JDK").isNotNull();
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager files = tool.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8)) {
            Iterable<? extends JavaFileObject> sources = files.getJavaFileObjectsFromPaths(SOURCES);
            Boolean good = tool.getTask(
                            said,
                            files,
                            null,
                            null,
                            List.of(
                                    "-quiet",
                                    "-Xdoclint:all,-missing",
                                    "-encoding",
                                    "UTF-8",
                                    "-classpath",
                                    System.getProperty("java.class.path"),
                                    "-d",
                                    output.toString()),
                            sources)
                    .call();
            assertThat(said.toString()).as("what javadoc says").isEmpty();
            assertThat(good).isTrue();
        }
        assertThat(output.resolve("index.html")).exists();
    }
}
