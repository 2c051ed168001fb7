/**
 * Faults by rule, on any transport: calls that are late, lost, failed or sent twice, at the client or the server. What is
 * injected is told in words and counted, and is the same again with the same seed and the same order of calls.
 */
@NullMarked
package dev.remora.testing.fault;

import org.jspecify.annotations.NullMarked;
