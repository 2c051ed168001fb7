/** The reflection service, and what a client makes of its answers: descriptors of services it was built without. */
@NullMarked
package dev.remora.runtime.reflection;

import org.jspecify.annotations.NullMarked;
