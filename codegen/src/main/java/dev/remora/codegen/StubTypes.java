package dev.remora.codegen;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import javax.lang.model.element.Modifier;

/** Writes the three stubs. */
final class StubTypes {
    enum Style {
        BLOCKING("BlockingStub", "blocking"),
        FUTURE("FutureStub", "future"),
        CALLBACK("CallbackStub", "callback");

        private final String typeName;
        private final String prefix;

        Style(String typeName, String prefix) {
            this.typeName = typeName;
            this.prefix = prefix;
        }
    }

    private StubTypes() {}

    static TypeSpec write(ServiceModel service, Style style) {
        ClassName self = service.javaClass().nestedClass(style.typeName);
        TypeSpec.Builder type = TypeSpec.classBuilder(self)
                .addModifiers(Modifier.PUBLIC, Modifier.STATIC, Modifier.FINAL)
                .superclass(ParameterizedTypeName.get(Api.ABSTRACT_STUB, self))
                .addMethod(MethodSpec.constructorBuilder()
                        .addModifiers(Modifier.PRIVATE)
                        .addParameter(Api.CHANNEL, "channel")
                        .addParameter(Api.CALL_OPTIONS, "options")
                        .addStatement("super(channel, options)")
                        .build())
                .addMethod(MethodSpec.methodBuilder("build")
                        .addAnnotation(Override.class)
                        .addModifiers(Modifier.PROTECTED)
                        .returns(self)
                        .addParameter(Api.CHANNEL, "channel")
                        .addParameter(Api.CALL_OPTIONS, "options")
                        .addStatement("return new $T(channel, options)", self)
                        .build());
        switch (style) {
            case BLOCKING -> type.addJavadoc("Calls that wait for their responses; made for virtual threads.\n");
            case FUTURE -> type.addJavadoc("Unary calls that give a future; cancelling it cancels the call.\n");
            case CALLBACK -> type.addJavadoc("Calls that report to an observer, which must not block.\n");
        }
        for (MethodModel method : service.methods()) {
            if (style != Style.FUTURE || method.shape() == Shape.UNARY) {
                type.addMethod(method(method, style));
            }
        }
        return type.build();
    }

    private static MethodSpec method(MethodModel method, Style style) {
        MethodSpec.Builder spec = MethodSpec.methodBuilder(method.javaName())
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc(DocComment.of(method.comment()));
        if (method.deprecated()) {
            spec.addAnnotation(Deprecated.class);
        }
        boolean oneRequest = method.shape() == Shape.UNARY || method.shape() == Shape.SERVER_STREAMING;
        String arguments = "channel(), " + method.constant() + ", options()";
        if (oneRequest) {
            spec.addParameter(method.request(), "request");
            arguments += ", request";
        }
        if (style == Style.CALLBACK) {
            boolean oneResponse = method.shape() == Shape.UNARY || method.shape() == Shape.CLIENT_STREAMING;
            String name = oneResponse ? "response" : "responses";
            spec.addParameter(ParameterizedTypeName.get(Api.STREAM_OBSERVER, method.response()), name);
            arguments += ", " + name;
        }
        TypeName result = result(method, style);
        spec.returns(result);
        String call = style.prefix
                + switch (method.shape()) {
                    case UNARY -> "Unary";
                    case SERVER_STREAMING -> "ServerStreaming";
                    case CLIENT_STREAMING -> "ClientStreaming";
                    case BIDI_STREAMING -> "Bidi";
                };
        spec.addStatement(
                "$L$T.$L($L)", result.equals(TypeName.VOID) ? "" : "return ", Api.CLIENT_CALLS, call, arguments);
        return spec.build();
    }

    private static TypeName result(MethodModel method, Style style) {
        TypeName q = method.request();
        TypeName r = method.response();
        return switch (style) {
            case FUTURE -> ParameterizedTypeName.get(Api.COMPLETABLE_FUTURE, r);
            case BLOCKING ->
                switch (method.shape()) {
                    case UNARY -> r;
                    case SERVER_STREAMING -> ParameterizedTypeName.get(Api.STREAM_READER, r);
                    case CLIENT_STREAMING -> ParameterizedTypeName.get(Api.CLIENT_STREAM, q, r);
                    case BIDI_STREAMING -> ParameterizedTypeName.get(Api.BIDI_STREAM, q, r);
                };
            case CALLBACK ->
                switch (method.shape()) {
                    case UNARY, SERVER_STREAMING -> TypeName.VOID;
                    case CLIENT_STREAMING, BIDI_STREAMING -> ParameterizedTypeName.get(Api.CALL_STREAM_OBSERVER, q);
                };
        };
    }
}
