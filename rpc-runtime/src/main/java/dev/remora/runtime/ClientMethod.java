package dev.remora.runtime;

import dev.remora.api.MethodDescriptor;
import dev.remora.runtime.metrics.MethodMetrics;

/** What a channel keeps per method: its name as bytes and its metrics. */
record ClientMethod(MethodDescriptor<?, ?> descriptor, byte[] name, MethodMetrics metrics) {}
