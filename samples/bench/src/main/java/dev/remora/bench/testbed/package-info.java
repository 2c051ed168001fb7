/** Hosts as network namespaces behind a switch with limited links, buffers and priorities; made, read and removed. */
@NullMarked
package dev.remora.bench.testbed;

import org.jspecify.annotations.NullMarked;
