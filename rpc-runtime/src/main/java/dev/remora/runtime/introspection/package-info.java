/**
 * What calls are doing and where their time goes: calls in progress, the slowest of late, the explanation that goes with
 * DEADLINE_EXCEEDED, and the service that tells all this.
 */
@NullMarked
package dev.remora.runtime.introspection;

import org.jspecify.annotations.NullMarked;
