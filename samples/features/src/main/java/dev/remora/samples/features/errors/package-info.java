/** Error details for programs, and trailers. */
@NullMarked
package dev.remora.samples.features.errors;

import org.jspecify.annotations.NullMarked;
