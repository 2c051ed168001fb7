/**
 * What every transport must do, as tests. To check one: implement {@link dev.remora.contract.TransportFixture} and subclass
 * {@link dev.remora.contract.TransportContract}. {@link dev.remora.contract.RpcContract} checks calls over it.
 */
@NullMarked
package dev.remora.contract;

import org.jspecify.annotations.NullMarked;
