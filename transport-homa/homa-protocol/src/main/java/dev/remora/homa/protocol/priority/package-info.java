/** Cutoffs of unscheduled priorities, from the observed message sizes. */
@NullMarked
package dev.remora.homa.protocol.priority;

import org.jspecify.annotations.NullMarked;
