/** Spans for calls, by OpenTelemetry. */
@NullMarked
package dev.remora.samples.features.tracing;

import org.jspecify.annotations.NullMarked;
