package dev.remora.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The exact text for one service that has every shape. To accept a change, run
 * {@code mvn -pl codegen -am test -Dtest=GoldenTest -Dremora.golden.rewrite=true} and look at the difference before
 * committing it.
 */
class GoldenTest {
    @TempDir
    Path dir;

    @Test
    void photos() throws Exception {
        ProtocRun protoc = new ProtocRun(dir).withTestProtos().withFiles(ProtocRun.protosIn("golden"));
        assertThat(protoc.run()).isEmpty();
        assertGolden(protoc.output().resolve("dev/remora/golden/PhotosRpc.java"), "PhotosRpc.java.txt");
    }

    private static void assertGolden(Path actual, String goldenName) throws IOException {
        Path golden = Path.of("src/test/resources/golden", goldenName);
        if (Boolean.getBoolean("remora.golden.rewrite")) {
            Files.writeString(golden, Files.readString(actual));
        }
        assertThat(actual).hasSameTextualContentAs(golden);
    }
}
