/** What this machine lacks for Remora, and how to mend it. Start at {@link dev.remora.dpdk.doctor.Doctor}. */
@NullMarked
package dev.remora.dpdk.doctor;

import org.jspecify.annotations.NullMarked;
