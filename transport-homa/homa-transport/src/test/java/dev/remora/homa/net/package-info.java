@NullMarked
package dev.remora.homa.net;

import org.jspecify.annotations.NullMarked;
