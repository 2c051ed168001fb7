package dev.remora.api;

import com.google.protobuf.MessageLite;
import java.util.Objects;

/**
 * One method of a service: its name, shape, message types and options. Made by generated code; immutable.
 *
 * @param <Q> request type
 * @param <R> response type
 */
public final class MethodDescriptor<Q, R> {
    /** Which sides of a method are streams. */
    public enum Shape {
        UNARY,
        CLIENT_STREAMING,
        SERVER_STREAMING,
        BIDI_STREAMING
    }

    private final String serviceName;
    private final String methodName;
    private final String fullName;
    private final Shape shape;
    private final Marshaller<Q> request;
    private final Marshaller<R> response;
    private final boolean idempotent;
    private final boolean inline;

    private MethodDescriptor(
            String serviceName,
            String methodName,
            Shape shape,
            Marshaller<Q> request,
            Marshaller<R> response,
            boolean idempotent,
            boolean inline) {
        this.serviceName = Objects.requireNonNull(serviceName);
        this.methodName = Objects.requireNonNull(methodName);
        this.fullName = serviceName + "/" + methodName;
        this.shape = Objects.requireNonNull(shape);
        this.request = Objects.requireNonNull(request);
        this.response = Objects.requireNonNull(response);
        this.idempotent = idempotent;
        this.inline = inline;
    }

    /** A method of protobuf messages, as generated code makes it. */
    public static <Q extends MessageLite, R extends MessageLite> MethodDescriptor<Q, R> protobuf(
            String serviceName, String methodName, Shape shape, Q requestPrototype, R responsePrototype) {
        return of(
                serviceName,
                methodName,
                shape,
                new ProtobufMarshaller<>(requestPrototype),
                new ProtobufMarshaller<>(responsePrototype));
    }

    /** A method with marshallers of any kind. */
    public static <Q, R> MethodDescriptor<Q, R> of(
            String serviceName, String methodName, Shape shape, Marshaller<Q> request, Marshaller<R> response) {
        return new MethodDescriptor<>(serviceName, methodName, shape, request, response, false, false);
    }

    /** This method, declared idempotent: a client may run it again if it does not know whether it was run. */
    public MethodDescriptor<Q, R> withIdempotent(boolean value) {
        return new MethodDescriptor<>(serviceName, methodName, shape, request, response, value, inline);
    }

    /** This method, with its handler on the transport's thread (which it must never block) instead of a new virtual one. */
    public MethodDescriptor<Q, R> withInline(boolean value) {
        return new MethodDescriptor<>(serviceName, methodName, shape, request, response, idempotent, value);
    }

    /** Full protobuf name of the service, such as {@code remora.samples.Users}. */
    public String serviceName() {
        return serviceName;
    }

    /** Name of the method inside its service, as in the .proto. */
    public String methodName() {
        return methodName;
    }

    /** {@code serviceName/methodName}: what names the method on the wire. */
    public String fullName() {
        return fullName;
    }

    public Shape shape() {
        return shape;
    }

    public Marshaller<Q> request() {
        return request;
    }

    public Marshaller<R> response() {
        return response;
    }

    public boolean isIdempotent() {
        return idempotent;
    }

    public boolean isInline() {
        return inline;
    }

    @Override
    public String toString() {
        return fullName;
    }
}
