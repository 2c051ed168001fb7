/** The demo: starts the four services, drives them, shows what happens, and ends by itself. */
@NullMarked
package dev.remora.samples.photos.demo;

import org.jspecify.annotations.NullMarked;
