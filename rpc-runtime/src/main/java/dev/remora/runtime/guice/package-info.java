/** The composition root: Guice modules that build a node (transport, server, channels, metrics) out of configuration. */
@NullMarked
package dev.remora.runtime.guice;

import org.jspecify.annotations.NullMarked;
