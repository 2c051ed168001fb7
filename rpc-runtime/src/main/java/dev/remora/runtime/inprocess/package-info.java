/**
 * A transport between parts of one JVM. It behaves as one between processes would: own threads on either side, limits,
 * refusals and losses; so what works over it works over a network.
 */
@NullMarked
package dev.remora.runtime.inprocess;

import org.jspecify.annotations.NullMarked;
