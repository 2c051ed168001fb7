package dev.remora.codegen;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.MethodOptions;
import com.google.protobuf.DescriptorProtos.MethodOptions.IdempotencyLevel;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.util.List;

/**
 * What a method's options say. The option (remora.method) is read by its numbers in remora/options.proto, so that the
 * plugin does not need the library it generates code for.
 */
record MethodFlags(boolean idempotent, boolean inline) {
    static final int EXTENSION = 52390;
    static final int IDEMPOTENT = 1;
    static final int EXECUTION = 2;
    static final int EXECUTION_INLINE = 1;

    static MethodFlags of(MethodOptions options) throws InvalidProtocolBufferException {
        // An option set field by field arrives in pieces; messages merge by concatenation.
        ByteString bytes = ByteString.empty();
        for (ByteString piece : options.getUnknownFields().getField(EXTENSION).getLengthDelimitedList()) {
            bytes = bytes.concat(piece);
        }
        UnknownFieldSet ours = UnknownFieldSet.parseFrom(bytes);
        boolean standard = options.getIdempotencyLevel() != IdempotencyLevel.IDEMPOTENCY_UNKNOWN;
        return new MethodFlags(standard || last(ours, IDEMPOTENT) != 0, last(ours, EXECUTION) == EXECUTION_INLINE);
    }

    private static long last(UnknownFieldSet fields, int number) {
        List<Long> values = fields.getField(number).getVarintList();
        return values.isEmpty() ? 0 : values.get(values.size() - 1);
    }
}
