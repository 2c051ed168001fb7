/** Processes of one host: a vhost-user device between each two that talk, found through a folder. */
@NullMarked
package dev.remora.homa.host;

import org.jspecify.annotations.NullMarked;
