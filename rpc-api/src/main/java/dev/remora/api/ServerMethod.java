package dev.remora.api;

/** A method with the code that serves it. */
public record ServerMethod<Q, R>(MethodDescriptor<Q, R> descriptor, ServerCallHandler<Q, R> handler) {}
