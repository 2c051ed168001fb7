/** The loop that drives one Homa endpoint over one packet port. */
@NullMarked
package dev.remora.homa.engine;

import org.jspecify.annotations.NullMarked;
