@NullMarked
package dev.remora.dpdk.doctor;

import org.jspecify.annotations.NullMarked;
