/** Who may send how much to us: receiver-driven grants. */
@NullMarked
package dev.remora.homa.protocol.grant;

import org.jspecify.annotations.NullMarked;
