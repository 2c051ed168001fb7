package dev.remora.runtime.call;

import dev.remora.api.MethodDescriptor;
import dev.remora.runtime.attempt.MethodResilience;
import dev.remora.runtime.introspection.MethodCalls;
import dev.remora.runtime.metrics.MethodMetrics;

/** What a channel keeps per method: its name as bytes, its metrics, how its calls are retried, its calls. */
public record ClientMethod(
        MethodDescriptor<?, ?> descriptor,
        byte[] name,
        MethodMetrics metrics,
        MethodResilience resilience,
        MethodCalls calls) {}
