/** The processes of an A/B run: a server or a client each. */
@NullMarked
package dev.remora.bench.ab.child;

import org.jspecify.annotations.NullMarked;
