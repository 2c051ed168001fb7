/** Services under test: started by an extension of JUnit 5, called through stubs, and checked for what they leave behind. */
@NullMarked
package dev.remora.testing;

import org.jspecify.annotations.NullMarked;
