/** Bounded tables and timers of primitive arrays and intrusive links: nothing is allocated after warm-up. */
@NullMarked
package dev.remora.homa.protocol.table;

import org.jspecify.annotations.NullMarked;
