/** The building blocks of generated stubs and server base classes: blocking, future and callback style. */
@NullMarked
package dev.remora.api.stub;

import org.jspecify.annotations.NullMarked;
