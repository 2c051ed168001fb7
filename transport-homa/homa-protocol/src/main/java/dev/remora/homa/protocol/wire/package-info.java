/** The wire: headers, checksums, segmentation, bit-compatible with the Linux kernel module. */
@NullMarked
package dev.remora.homa.protocol.wire;

import org.jspecify.annotations.NullMarked;
