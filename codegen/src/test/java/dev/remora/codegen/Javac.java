package dev.remora.codegen;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Compiles what was generated, with every warning an error. */
final class Javac {
    private Javac() {}

    /**
     * @param classPath in addition to that of the tests
     * @return what javac says; empty if all went well
     */
    static String compile(Path sources, Path classes, String classPath, String lint) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(sources)) {
            files = all.filter(f -> f.toString().endsWith(".java")).toList();
        }
        if (files.isEmpty()) {
            return "nothing to compile in " + sources;
        }
        Files.createDirectories(classes);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            boolean ok = compiler.getTask(
                            messages,
                            manager,
                            null,
                            List.of(
                                    lint,
                                    "-Werror",
                                    "-proc:none",
                                    "-encoding",
                                    "UTF-8",
                                    "-d",
                                    classes.toString(),
                                    "-cp",
                                    classPath
                                            + System.getProperty("path.separator")
                                            + System.getProperty("java.class.path")),
                            null,
                            manager.getJavaFileObjectsFromPaths(files))
                    .call();
            return ok ? "" : messages + "javac failed";
        }
    }
}
