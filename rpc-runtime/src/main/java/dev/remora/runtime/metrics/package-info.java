/** Counts and times of every call, per method and side, in a Dropwizard registry; reporters that publish it. */
@NullMarked
package dev.remora.runtime.metrics;

import org.jspecify.annotations.NullMarked;
