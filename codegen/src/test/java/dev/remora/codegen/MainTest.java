package dev.remora.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.Edition;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorRequest;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void announcesWhatItCanRead() throws Exception {
        assertThat(run(CodeGeneratorRequest.getDefaultInstance().toByteArray())).isZero();
        CodeGeneratorResponse response = CodeGeneratorResponse.parseFrom(out.toByteArray());
        assertThat(response.getSupportedFeatures()).isEqualTo(3);
        assertThat(response.getMinimumEdition()).isEqualTo(Edition.EDITION_PROTO2_VALUE);
        assertThat(response.getMaximumEdition()).isEqualTo(Edition.EDITION_2024_VALUE);
        assertThat(response.hasError()).isFalse();
    }

    @Test
    void refusesWhatIsNoRequest() {
        assertThat(run(new byte[] {(byte) 0xff, 1, 2})).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("no readable request from protoc");
    }

    @Test
    void refusesArguments() {
        assertThat(run(new byte[0], "--help")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("protoc --plugin=protoc-gen-remora=");
    }

    private int run(byte[] in, String... args) {
        return Main.run(args, new ByteArrayInputStream(in), out, new PrintStream(err, true, StandardCharsets.UTF_8));
    }
}
