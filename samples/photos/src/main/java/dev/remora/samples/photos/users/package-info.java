/** The service that knows users and who follows whom. */
@NullMarked
package dev.remora.samples.photos.users;

import org.jspecify.annotations.NullMarked;
