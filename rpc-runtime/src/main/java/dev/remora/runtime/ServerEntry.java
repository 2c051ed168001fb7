package dev.remora.runtime;

import dev.remora.api.MethodDescriptor;
import dev.remora.api.ServerCallHandler;
import dev.remora.runtime.metrics.MethodMetrics;

/** What a server keeps per method: its handler inside all interceptors, and its metrics. */
record ServerEntry<Q, R>(MethodDescriptor<Q, R> descriptor, ServerCallHandler<Q, R> handler, MethodMetrics metrics) {}
