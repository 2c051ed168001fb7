@NullMarked
package dev.remora.tcp;

import org.jspecify.annotations.NullMarked;
