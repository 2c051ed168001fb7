/**
 * The protoc plugin: reads a CodeGeneratorRequest, writes one Java file for each service.
 *
 * <p>The way through it: {@code Main} (streams) - {@code Plugin} (request to response) - {@code JavaTypes} (where protoc
 * puts the Java classes of messages) - {@code ServiceModel} (a service, read and checked) - {@code ServiceFile} with
 * {@code StubTypes} and {@code ServerTypes} (Java).
 */
@NullMarked
package dev.remora.codegen;

import org.jspecify.annotations.NullMarked;
