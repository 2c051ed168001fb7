/**
 * What every transport must do, as tests. To check one: implement {@link dev.remora.contract.TransportFixture} and subclass
 * {@link dev.remora.contract.TransportContract}.
 */
@NullMarked
package dev.remora.contract;

import org.jspecify.annotations.NullMarked;
