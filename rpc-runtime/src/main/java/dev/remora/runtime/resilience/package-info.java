/** What a client does when calls fail or are slow: policies of retries, hedging and circuit breaking. */
@NullMarked
package dev.remora.runtime.resilience;

import org.jspecify.annotations.NullMarked;
