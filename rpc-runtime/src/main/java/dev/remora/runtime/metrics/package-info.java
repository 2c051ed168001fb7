/**
 * Measuring calls with Dropwizard Metrics, and the reporters. Names and units of everything measured stand in
 * docs/metrics.md.
 */
@NullMarked
package dev.remora.runtime.metrics;

import org.jspecify.annotations.NullMarked;
