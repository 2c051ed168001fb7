/** What an A/B run found, for people and programs: a page for the browser, a view for the terminal, JSON, CSV, and a comparison of two. */
@NullMarked
package dev.remora.bench.report;

import org.jspecify.annotations.NullMarked;
