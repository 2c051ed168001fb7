/** What an A/B run found, as plain data: the form of {@code report.json}. */
@NullMarked
package dev.remora.bench.ab.result;

import org.jspecify.annotations.NullMarked;
