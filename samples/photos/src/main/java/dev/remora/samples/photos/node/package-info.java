/** What every service of the photo feed is started with: its configuration, its database, its node, its command line. */
@NullMarked
package dev.remora.samples.photos.node;

import org.jspecify.annotations.NullMarked;
