/** The health service: whether a server takes calls, told by the application and by the server's own end. */
@NullMarked
package dev.remora.runtime.health;

import org.jspecify.annotations.NullMarked;
