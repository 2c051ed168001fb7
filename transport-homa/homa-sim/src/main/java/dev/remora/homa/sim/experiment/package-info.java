/** Experiments under load: workloads, slowdown tables, the search for the highest load. */
@NullMarked
package dev.remora.homa.sim.experiment;

import org.jspecify.annotations.NullMarked;
