/**
 * Targets such as {@code zookeeper://zk-1:2181,zk-2:2181/services/users}: servers enter themselves there as ephemeral nodes and
 * clients watch them, in the format of Curator's service discovery.
 */
@NullMarked
package dev.remora.discovery.zookeeper;

import org.jspecify.annotations.NullMarked;
