package dev.remora.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos;
import com.google.protobuf.DescriptorProtos.MethodOptions.IdempotencyLevel;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.remora.options.Execution;
import dev.remora.options.MethodOptions;
import dev.remora.options.Options;
import org.junit.jupiter.api.Test;

class MethodFlagsTest {
    @Test
    void numbersAreThoseOfOptionsProto() {
        assertThat(Options.method.getNumber()).isEqualTo(MethodFlags.EXTENSION);
        assertThat(MethodOptions.IDEMPOTENT_FIELD_NUMBER).isEqualTo(MethodFlags.IDEMPOTENT);
        assertThat(MethodOptions.EXECUTION_FIELD_NUMBER).isEqualTo(MethodFlags.EXECUTION);
        assertThat(Execution.INLINE_VALUE).isEqualTo(MethodFlags.EXECUTION_INLINE);
    }

    @Test
    void readsOurOption() throws Exception {
        assertThat(read(MethodOptions.newBuilder().setIdempotent(true).build()))
                .isEqualTo(new MethodFlags(true, false));
        assertThat(read(MethodOptions.newBuilder()
                        .setExecution(Execution.INLINE)
                        .build()))
                .isEqualTo(new MethodFlags(false, true));
        assertThat(read(MethodOptions.getDefaultInstance())).isEqualTo(new MethodFlags(false, false));
    }

    @Test
    void standardIdempotencyLevelsCount() throws Exception {
        for (IdempotencyLevel level : IdempotencyLevel.values()) {
            MethodFlags flags = MethodFlags.of(DescriptorProtos.MethodOptions.newBuilder()
                    .setIdempotencyLevel(level)
                    .build());
            assertThat(flags.idempotent()).isEqualTo(level != IdempotencyLevel.IDEMPOTENCY_UNKNOWN);
        }
    }

    /** As it arrives in the plugin, which does not know the extension. */
    private static MethodFlags read(MethodOptions options) throws InvalidProtocolBufferException {
        byte[] bytes = DescriptorProtos.MethodOptions.newBuilder()
                .setExtension(Options.method, options)
                .build()
                .toByteArray();
        return MethodFlags.of(DescriptorProtos.MethodOptions.parseFrom(bytes));
    }
}
