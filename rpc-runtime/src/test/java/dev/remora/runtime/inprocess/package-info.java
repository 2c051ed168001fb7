/** The in-process transport under the contract suite, and what only it promises. */
@NullMarked
package dev.remora.runtime.inprocess;

import org.jspecify.annotations.NullMarked;
