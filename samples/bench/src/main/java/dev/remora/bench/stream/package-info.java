/** Stream benchmark: messages in one direction through our transports and grpc-java, processes of their own, interleaved rounds. */
@NullMarked
package dev.remora.bench.stream;

import org.jspecify.annotations.NullMarked;
