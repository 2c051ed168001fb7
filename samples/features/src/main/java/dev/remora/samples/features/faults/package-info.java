/** Faults on purpose, by configuration. */
@NullMarked
package dev.remora.samples.features.faults;

import org.jspecify.annotations.NullMarked;
