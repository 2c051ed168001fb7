/** {@code remora serve}: sample services to try calls on. */
@NullMarked
package dev.remora.cli.serve;

import org.jspecify.annotations.NullMarked;
