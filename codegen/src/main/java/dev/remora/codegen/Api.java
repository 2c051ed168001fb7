package dev.remora.codegen;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.WildcardTypeName;

/** The library's types that generated code names. */
final class Api {
    static final ClassName CHANNEL = api("Channel");
    static final ClassName CALL_OPTIONS = api("CallOptions");
    static final ClassName METHOD_DESCRIPTOR = api("MethodDescriptor");
    static final ClassName SHAPE = METHOD_DESCRIPTOR.nestedClass("Shape");
    static final ClassName SERVICE_DESCRIPTOR = api("ServiceDescriptor");
    static final ClassName BINDABLE_SERVICE = api("BindableService");
    static final ClassName SERVER_METHOD = api("ServerMethod");

    static final ClassName ABSTRACT_STUB = stub("AbstractStub");
    static final ClassName CLIENT_CALLS = stub("ClientCalls");
    static final ClassName SERVER_CALLS = stub("ServerCalls");
    static final ClassName STREAM_READER = stub("StreamReader");
    static final ClassName STREAM_WRITER = stub("StreamWriter");
    static final ClassName CLIENT_STREAM = stub("ClientStream");
    static final ClassName BIDI_STREAM = stub("BidiStream");
    static final ClassName STREAM_OBSERVER = stub("StreamObserver");
    static final ClassName CALL_STREAM_OBSERVER = stub("CallStreamObserver");

    static final ClassName LIST = ClassName.get("java.util", "List");
    static final ClassName COMPLETABLE_FUTURE = ClassName.get("java.util.concurrent", "CompletableFuture");
    static final ClassName GENERATED = ClassName.get("javax.annotation.processing", "Generated");

    private Api() {}

    /** {@code type<?, ?>} */
    static ParameterizedTypeName ofAnyTwo(ClassName type) {
        WildcardTypeName any = WildcardTypeName.subtypeOf(Object.class);
        return ParameterizedTypeName.get(type, any, any);
    }

    private static ClassName api(String name) {
        return ClassName.get("dev.remora.api", name);
    }

    private static ClassName stub(String name) {
        return ClassName.get("dev.remora.api.stub", name);
    }
}
