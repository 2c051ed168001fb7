package dev.remora.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot become Java is refused by protoc with the place in the file. */
class BadInputTest {
    @TempDir
    Path dir;

    @Test
    void twoMethodsWithOneJavaName() throws Exception {
        assertThat(run("bad/same_java_name.proto"))
                .contains("bad/same_java_name.proto:10: methods GetUser and get_user of service bad.Clash")
                .contains("rename one of them");
    }

    @Test
    void noClassNameLeft() throws Exception {
        assertThat(run("bad/no_name_left.proto"))
                .contains("bad/no_name_left.proto:10: no Java class name is free for service Users");
    }

    @Test
    void twoServicesWithOneJavaClass() throws Exception {
        assertThat(run("bad/same_class_one.proto", "bad/same_class_two.proto"))
                .contains("bad/same_class_two.proto:8: service bad.two.Users and service bad.one.Users")
                .contains("bad.same.UsersRpc");
    }

    @Test
    void messageWithoutPackageFromAPackage() throws Exception {
        assertThat(run("bad/names_unnamed.proto"))
                .contains("bad/names_unnamed.proto:8: message .Plain has no Java package");
    }

    @Test
    void messageWithoutPackageNamedAsANestedType() throws Exception {
        assertThat(run("bad/unnamed_clash.proto"))
                .contains("bad/unnamed_clash.proto:8: without a Java package, the class FutureStub");
    }

    @Test
    void unknownParameter() throws Exception {
        ProtocRun protoc = new ProtocRun(dir)
                .withTestProtos()
                .with("--remora_opt=lite,speed=9")
                .with("golden/photos.proto");
        assertThat(protoc.run()).contains("unknown plugin parameter 'lite,speed=9'");
    }

    private String run(String... files) throws Exception {
        return new ProtocRun(dir)
                .withTestProtos()
                .withFiles(java.util.List.of(files))
                .run();
    }
}
