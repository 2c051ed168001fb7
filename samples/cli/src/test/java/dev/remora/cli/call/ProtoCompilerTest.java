package dev.remora.cli.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProtoCompilerTest {
    @TempDir
    private Path folder = Path.of("");

    private Path write(String path, String text) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    @Test
    void importsStartAboveTheFoldersThatAreNamedLikeThePackage() throws IOException {
        assertThat(ProtoCompiler.root(write("protos/a/b/c.proto", "package a.b;")))
                .isEqualTo(folder.resolve("protos"));
        assertThat(ProtoCompiler.root(write("protos/a/b/d.proto", "// a\n  package a.b.v1 ;")))
                .isEqualTo(folder.resolve("protos"));
        assertThat(ProtoCompiler.root(write("protos/other/e.proto", "package a.b;")))
                .isEqualTo(folder.resolve("protos/other"));
        assertThat(ProtoCompiler.root(write("protos/f.proto", "syntax = \"proto3\";")))
                .isEqualTo(folder.resolve("protos"));
    }

    @Test
    void importsAreFoundAndSoAreThoseThatComeWithProtobufAndRemora() throws Exception {
        write("protos/a/b/common.proto", "syntax = \"proto3\";\npackage a.b;\nmessage Common {}\n");
        Path main = write("protos/a/b/main.proto", """
                edition = "2023";
                package a.b;
                import "a/b/common.proto";
                import "google/protobuf/timestamp.proto";
                import "remora/options.proto";
                service S {
                  rpc M(Common) returns (google.protobuf.Timestamp) { option (remora.method).idempotent = true; }
                }
                """);
        assertThat(ProtoCompiler.compile(List.of(main), List.of()).getFileList())
                .extracting(FileDescriptorProto::getName)
                .contains(
                        "a/b/main.proto",
                        "a/b/common.proto",
                        "google/protobuf/timestamp.proto",
                        "remora/options.proto");
    }

    @Test
    void rootsThatAreGivenCount() throws Exception {
        write("lib/x/common.proto", "syntax = \"proto3\";\npackage x;\nmessage Common {}\n");
        Path main = write(
                "own/main.proto", "syntax = \"proto3\";\nimport \"x/common.proto\";\nmessage M { x.Common c = 1; }\n");
        assertThat(ProtoCompiler.compile(List.of(main), List.of(folder.resolve("own"), folder.resolve("lib")))
                        .getFileList())
                .extracting(FileDescriptorProto::getName)
                .containsExactly("x/common.proto", "main.proto");
    }
}
