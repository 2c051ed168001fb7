@NullMarked
package dev.remora.homa.sim.fault;

import org.jspecify.annotations.NullMarked;
