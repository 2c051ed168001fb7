/**
 * {@code remora top}: a live view of running processes, read from their Prometheus endpoints. What comes from there is
 * bounded and never trusted.
 */
@NullMarked
package dev.remora.cli.top;

import org.jspecify.annotations.NullMarked;
