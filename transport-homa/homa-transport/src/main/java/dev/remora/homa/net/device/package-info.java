/** Kernel interfaces and NICs as devices that carry Ethernet frames. */
@NullMarked
package dev.remora.homa.net.device;

import org.jspecify.annotations.NullMarked;
