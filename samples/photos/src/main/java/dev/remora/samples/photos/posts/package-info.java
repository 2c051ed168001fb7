/** The service that keeps the records of posts. */
@NullMarked
package dev.remora.samples.photos.posts;

import org.jspecify.annotations.NullMarked;
