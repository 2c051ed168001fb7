/** Messages made smaller on their way, per call. */
@NullMarked
package dev.remora.samples.features.compression;

import org.jspecify.annotations.NullMarked;
