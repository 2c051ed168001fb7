/** Tests of the command-line tool, of the launcher script, and of the rules of the whole house. */
@NullMarked
package dev.remora.cli;

import org.jspecify.annotations.NullMarked;
