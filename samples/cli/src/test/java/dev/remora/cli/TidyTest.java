package dev.remora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rules of the house that no compiler checks, read from the sources themselves. */
class TidyTest {
    /** A test of one contract may stay in one place a little longer. */
    private static final int MAX_TEST_LINES = 800;

    private static final int MAX_LINES = 600;
    /** Names that say nothing about what a class is for. Generated code has its own. */
    private static final Pattern EMPTY_NAME =
            Pattern.compile("(Manager|Helper|Helpers|Util|Utils|Impl|Base|Common)\\.java");

    private static final Pattern LEFT_UNDONE = Pattern.compile("\\b(TODO|FIXME|XXX)\\b");
    private static final Set<String> FOLDERS_LEFT_OUT = Set.of("target", ".git", ".remora", ".idea");

    private static final Path ROOT = Path.of(System.getProperty("remora.root"));
    private static final List<Path> FILES = new ArrayList<>();

    @BeforeAll
    static void findJavaFiles() throws IOException {
        FILES.clear();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                Path name = folder.getFileName();
                return name != null && FOLDERS_LEFT_OUT.contains(name.toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String path = file.toString();
                if (path.endsWith(".java") && (path.contains("/src/main/java/") || path.contains("/src/test/java/"))) {
                    FILES.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        assertThat(FILES).as("java files below " + ROOT).hasSizeGreaterThan(50);
    }

    @Test
    void noFileIsLongerThanOneCanRead() {
        assertThat(FILES)
                .filteredOn(file ->
                        lines(file).size() > (file.toString().contains("/src/test/") ? MAX_TEST_LINES : MAX_LINES))
                .as("files of more than %d lines, tests %d", MAX_LINES, MAX_TEST_LINES)
                .isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIsFor() {
        Set<Path> silent = new TreeSet<>();
        for (Path file : FILES) {
            Path folder = file.getParent();
            if (file.toString().contains("/src/main/java/dev/") && !Files.exists(folder.resolve("package-info.java"))) {
                silent.add(folder);
            }
        }
        assertThat(silent).as("packages without package-info.java").isEmpty();
    }

    @Test
    void everyPackageIsNullMarked() {
        assertThat(FILES)
                .filteredOn(file -> file.endsWith("package-info.java"))
                .filteredOn(file -> !String.join("\n", lines(file)).contains("@NullMarked"))
                .isEmpty();
    }

    @Test
    void everyModuleHasADescriptor() {
        Set<Path> without = new TreeSet<>();
        for (Path file : FILES) {
            String path = file.toString();
            int at = path.indexOf("/src/main/java/");
            if (at >= 0 && !Files.exists(Path.of(path.substring(0, at), "src/main/java/module-info.java"))) {
                without.add(Path.of(path.substring(0, at)));
            }
        }
        assertThat(without).as("modules without module-info.java").isEmpty();
    }

    @Test
    void noClassHasAnEmptyName() {
        assertThat(FILES)
                .filteredOn(file ->
                        EMPTY_NAME.matcher(file.getFileName().toString()).find())
                .isEmpty();
    }

    @Test
    void nothingIsLeftUndone() {
        assertThat(FILES)
                .filteredOn(file -> !file.endsWith("TidyTest.java"))
                .filteredOn(file -> lines(file).stream()
                        .anyMatch(line -> LEFT_UNDONE.matcher(line).find()))
                .as("files that say something is yet to be done")
                .isEmpty();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
