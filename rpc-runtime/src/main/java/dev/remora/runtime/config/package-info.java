/**
 * Configuration: one HOCON tree below {@code remora}. Every knob is declared once as a {@link dev.remora.spi.Setting};
 * checking, merging and docs/configuration.md all come from the declarations.
 */
@NullMarked
package dev.remora.runtime.config;

import org.jspecify.annotations.NullMarked;
