/**
 * The transport SPI: shaped like an RPC, not like a stream. One request message, one response message, at most once, no
 * order between RPCs.
 */
@NullMarked
package dev.remora.spi;

import org.jspecify.annotations.NullMarked;
