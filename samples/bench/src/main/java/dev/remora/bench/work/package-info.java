/** Server processes that take a while for each call: what the runtime's policies are compared on. */
@NullMarked
package dev.remora.bench.work;

import org.jspecify.annotations.NullMarked;
