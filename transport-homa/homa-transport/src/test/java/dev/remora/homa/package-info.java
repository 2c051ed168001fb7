@NullMarked
package dev.remora.homa;

import org.jspecify.annotations.NullMarked;
