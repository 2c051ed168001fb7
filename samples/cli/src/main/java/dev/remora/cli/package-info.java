/** The {@code remora} command: its subcommands, exit codes, and how failures are told. */
@NullMarked
package dev.remora.cli;

import org.jspecify.annotations.NullMarked;
