/**
 * Spans for calls, as OpenTelemetry's conventions for RPC name them, and W3C trace context (or what else the application's
 * propagators carry) in the calls' metadata.
 */
@NullMarked
package dev.remora.tracing;

import org.jspecify.annotations.NullMarked;
