/** Frames over a Linux packet socket: every NIC that Linux drives, and the kernel or the NIC cuts and sums for us. */
@NullMarked
package dev.remora.homa.link.socket;

import org.jspecify.annotations.NullMarked;
