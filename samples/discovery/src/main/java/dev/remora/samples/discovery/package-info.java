/** Servers of one service that come and go while calls go on: how clients find them and spread their calls. */
@NullMarked
package dev.remora.samples.discovery;

import org.jspecify.annotations.NullMarked;
