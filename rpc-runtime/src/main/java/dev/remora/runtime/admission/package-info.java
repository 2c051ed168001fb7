/**
 * Which calls a server runs now, lets wait, or refuses: by concurrency, fixed or adaptive, by bytes, by criticality and by
 * deadline. {@link dev.remora.runtime.admission.Admission} is asked by the server; time is an argument of everything below it,
 * so that a simulation can run the same code.
 */
@NullMarked
package dev.remora.runtime.admission;

import org.jspecify.annotations.NullMarked;
