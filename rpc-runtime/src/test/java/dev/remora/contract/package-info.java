/** What every transport must do: suites to subclass, for transports of ours and of third parties. */
package dev.remora.contract;
