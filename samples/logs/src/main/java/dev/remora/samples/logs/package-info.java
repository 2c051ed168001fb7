/** Lines of logs that are shipped to a server, followed and searched there: how to write methods that stream. */
@NullMarked
package dev.remora.samples.logs;

import org.jspecify.annotations.NullMarked;
