/**
 * Which server a call goes to. A {@link dev.remora.runtime.balance.Balancer} keeps a channel's
 * {@link dev.remora.runtime.balance.Peer}s, one transport client each, as addresses come and go; sets those aside that fail; and
 * picks by a {@link dev.remora.runtime.balance.BalancePolicy}. Picking takes no lock and allocates nothing.
 */
@NullMarked
package dev.remora.runtime.balance;

import org.jspecify.annotations.NullMarked;
