/** Who is compared: one file per way of sending an echo. */
@NullMarked
package dev.remora.bench.echo.contender;

import org.jspecify.annotations.NullMarked;
