/**
 * Commands that talk to a running server: {@code call} lists, describes and calls its methods, {@code why} shows where the
 * time of its calls goes.
 */
@NullMarked
package dev.remora.cli.call;

import org.jspecify.annotations.NullMarked;
