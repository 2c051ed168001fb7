/** The service that pushes each post to its author's followers and serves their timelines. */
@NullMarked
package dev.remora.samples.photos.timeline;

import org.jspecify.annotations.NullMarked;
