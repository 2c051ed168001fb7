/** Simulated hosts, links and switches around unchanged endpoints. */
@NullMarked
package dev.remora.homa.sim;

import org.jspecify.annotations.NullMarked;
