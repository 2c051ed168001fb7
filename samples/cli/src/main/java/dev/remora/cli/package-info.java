/** The {@code remora} command. */
@NullMarked
package dev.remora.cli;

import org.jspecify.annotations.NullMarked;
