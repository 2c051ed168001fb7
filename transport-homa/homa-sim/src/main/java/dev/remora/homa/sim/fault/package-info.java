/** Fault campaigns: endpoints under loss, partitions, crashes and bad clocks, with the invariants checked all the time. */
@NullMarked
package dev.remora.homa.sim.fault;

import org.jspecify.annotations.NullMarked;
