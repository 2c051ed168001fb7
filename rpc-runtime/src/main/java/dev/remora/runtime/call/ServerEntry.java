package dev.remora.runtime.call;

import dev.remora.api.MethodDescriptor;
import dev.remora.api.ServerCallHandler;
import dev.remora.runtime.admission.Lane;
import dev.remora.runtime.introspection.MethodCalls;
import dev.remora.runtime.metrics.MethodMetrics;

/** What a server keeps per method: its handler inside all interceptors, its metrics, its calls' way in, its calls. */
public record ServerEntry<Q, R>(
        MethodDescriptor<Q, R> descriptor,
        ServerCallHandler<Q, R> handler,
        MethodMetrics metrics,
        Lane lane,
        MethodCalls calls) {}
