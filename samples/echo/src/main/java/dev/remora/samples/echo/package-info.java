/** A service to try things on. */
@NullMarked
package dev.remora.samples.echo;

import org.jspecify.annotations.NullMarked;
