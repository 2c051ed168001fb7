/** What generated code and applications use: calls, status, metadata, deadlines, stubs' building blocks. */
@NullMarked
package dev.remora.api;

import org.jspecify.annotations.NullMarked;
