/** Messages made smaller on their way: when it is done, how, and how what comes back is kept within bounds. */
@NullMarked
package dev.remora.runtime.compression;

import org.jspecify.annotations.NullMarked;
