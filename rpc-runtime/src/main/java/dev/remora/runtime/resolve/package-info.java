/**
 * Where servers are: targets such as {@code dns:///photos:7000} and what turns them into addresses, once or again and again.
 * A {@link dev.remora.runtime.resolve.NameResolverProvider} per kind is found by {@link java.util.ServiceLoader}.
 */
@NullMarked
package dev.remora.runtime.resolve;

import org.jspecify.annotations.NullMarked;
