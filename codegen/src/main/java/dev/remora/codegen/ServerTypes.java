package dev.remora.codegen;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import javax.lang.model.element.Modifier;

/** Writes the two classes that a server extends. */
final class ServerTypes {
    private ServerTypes() {}

    static TypeSpec writeBlocking(ServiceModel service) {
        TypeSpec.Builder type = start(
                "ServiceBase",
                "Extend it and override the methods to serve them; they may block unless they are marked inline. A method"
                        + "\nthat is not overridden ends its calls with UNIMPLEMENTED.\n");
        for (MethodModel method : service.methods()) {
            MethodSpec.Builder spec = startMethod(method);
            TypeName q = method.request();
            TypeName r = method.response();
            switch (method.shape()) {
                case UNARY -> spec.returns(r).addParameter(q, "request");
                case SERVER_STREAMING ->
                    spec.addParameter(q, "request").addParameter(of(Api.STREAM_WRITER, r), "responses");
                case CLIENT_STREAMING -> spec.returns(r).addParameter(of(Api.STREAM_READER, q), "requests");
                case BIDI_STREAMING ->
                    spec.addParameter(of(Api.STREAM_READER, q), "requests")
                            .addParameter(of(Api.STREAM_WRITER, r), "responses");
            }
            type.addMethod(spec.build());
        }
        return finish(type, service, false);
    }

    static TypeSpec writeAsync(ServiceModel service) {
        TypeSpec.Builder type = start(
                "AsyncServiceBase",
                "As ServiceBase, in callback style: the methods return at once and answer through an observer, then or"
                        + "\nlater, on any thread.\n");
        for (MethodModel method : service.methods()) {
            MethodSpec.Builder spec = startMethod(method);
            TypeName q = method.request();
            TypeName r = method.response();
            switch (method.shape()) {
                case UNARY -> spec.addParameter(q, "request").addParameter(of(Api.STREAM_OBSERVER, r), "response");
                case SERVER_STREAMING ->
                    spec.addParameter(q, "request").addParameter(of(Api.CALL_STREAM_OBSERVER, r), "responses");
                case CLIENT_STREAMING ->
                    spec.returns(of(Api.STREAM_OBSERVER, q)).addParameter(of(Api.CALL_STREAM_OBSERVER, r), "response");
                case BIDI_STREAMING ->
                    spec.returns(of(Api.STREAM_OBSERVER, q)).addParameter(of(Api.CALL_STREAM_OBSERVER, r), "responses");
            }
            type.addMethod(spec.build());
        }
        return finish(type, service, true);
    }

    private static TypeSpec.Builder start(String name, String doc) {
        return TypeSpec.classBuilder(name)
                .addModifiers(Modifier.PUBLIC, Modifier.ABSTRACT, Modifier.STATIC)
                .addSuperinterface(Api.BINDABLE_SERVICE)
                .addJavadoc("$L", doc)
                .addMethod(MethodSpec.constructorBuilder()
                        .addModifiers(Modifier.PROTECTED)
                        .build());
    }

    private static MethodSpec.Builder startMethod(MethodModel method) {
        MethodSpec.Builder spec = MethodSpec.methodBuilder(method.javaName())
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc(DocComment.of(method.comment()))
                .addException(Exception.class)
                .addStatement("throw $T.unimplemented($L)", Api.SERVER_CALLS, method.constant());
        if (method.deprecated()) {
            spec.addAnnotation(Deprecated.class);
        }
        return spec;
    }

    private static TypeSpec finish(TypeSpec.Builder type, ServiceModel service, boolean async) {
        TypeName entry = Api.ofAnyTwo(Api.SERVER_METHOD);
        CodeBlock entries = service.methods().stream()
                .map(m -> CodeBlock.of(
                        "\nnew $T<>($L, $T.$L(this::$L))",
                        Api.SERVER_METHOD,
                        m.constant(),
                        Api.SERVER_CALLS,
                        adapter(m.shape(), async),
                        m.javaName()))
                .collect(CodeBlock.joining(","));
        return type.addMethod(MethodSpec.methodBuilder("descriptor")
                        .addAnnotation(Override.class)
                        .addModifiers(Modifier.PUBLIC, Modifier.FINAL)
                        .returns(Api.SERVICE_DESCRIPTOR)
                        .addStatement("return SERVICE")
                        .build())
                .addMethod(MethodSpec.methodBuilder("methods")
                        .addAnnotation(Override.class)
                        .addModifiers(Modifier.PUBLIC, Modifier.FINAL)
                        .returns(of(Api.LIST, entry))
                        .addStatement("return $T.<$T>of($L)", Api.LIST, entry, entries)
                        .build())
                .build();
    }

    private static String adapter(Shape shape, boolean async) {
        return switch (shape) {
            case UNARY -> async ? "asyncUnary" : "unary";
            case SERVER_STREAMING -> async ? "asyncServerStreaming" : "serverStreaming";
            case CLIENT_STREAMING -> async ? "asyncClientStreaming" : "clientStreaming";
            case BIDI_STREAMING -> async ? "asyncBidi" : "bidi";
        };
    }

    private static ParameterizedTypeName of(ClassName type, TypeName argument) {
        return ParameterizedTypeName.get(type, argument);
    }
}
