/** The endpoint: inputs, commands and polled outputs of the Homa protocol. */
@NullMarked
package dev.remora.homa.protocol;

import org.jspecify.annotations.NullMarked;
