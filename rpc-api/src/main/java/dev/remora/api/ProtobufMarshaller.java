package dev.remora.api;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** Protobuf messages, written straight into the transport's buffer and parsed straight out of it. */
final class ProtobufMarshaller<T extends MessageLite> implements Marshaller<T> {
    private final T prototype;
    private final Parser<T> parser;

    @SuppressWarnings("unchecked")
    ProtobufMarshaller(T prototype) {
        this.prototype = prototype;
        this.parser = (Parser<T>) prototype.getParserForType();
    }

    @Override
    public int size(T message) {
        return message.getSerializedSize();
    }

    @Override
    public void write(T message, ByteBuffer target) {
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(target);
            message.writeTo(out);
            out.flush();
        } catch (IOException e) {
            // The buffer has exactly the size that the message itself announced.
            throw new UncheckedIOException("message " + prototype.getClass().getName() + " changed while written", e);
        }
    }

    @Override
    public T read(ByteBuffer source) {
        try {
            if (source.hasArray()) {
                return parser.parseFrom(source.array(), source.arrayOffset() + source.position(), source.remaining());
            }
            return parser.parseFrom(CodedInputStream.newInstance(source));
        } catch (InvalidProtocolBufferException e) {
            throw Status.of(
                            StatusCode.INTERNAL,
                            "the payload does not parse as "
                                    + prototype.getClass().getName() + ": " + e.getMessage())
                    .withCause(e)
                    .asException();
        }
    }
}
