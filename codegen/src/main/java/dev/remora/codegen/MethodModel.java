package dev.remora.codegen;

import com.palantir.javapoet.ClassName;

/**
 * One method, read and checked.
 *
 * @param comment as in the .proto, empty if there is none
 */
record MethodModel(
        String protoName,
        String javaName,
        String constant,
        Shape shape,
        ClassName request,
        ClassName response,
        MethodFlags flags,
        boolean deprecated,
        String comment) {}
