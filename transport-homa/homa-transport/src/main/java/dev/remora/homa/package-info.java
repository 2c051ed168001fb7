/** Homa over DPDK as a transport: the SPI adapter, its settings and its Guice module. */
@NullMarked
package dev.remora.homa;

import org.jspecify.annotations.NullMarked;
