/** The service that keeps the photos. */
@NullMarked
package dev.remora.samples.photos.media;

import org.jspecify.annotations.NullMarked;
