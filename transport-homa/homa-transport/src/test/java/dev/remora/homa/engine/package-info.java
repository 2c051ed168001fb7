@NullMarked
package dev.remora.homa.engine;

import org.jspecify.annotations.NullMarked;
