package dev.remora.dpdk.doctor;

/**
 * One thing the doctor looked at.
 *
 * @param area what it belongs to, such as {@code dpdk}; findings of an area stand together
 * @param id stable name for programs, unique in a report, such as {@code memory.hugepages}
 * @param status how much it matters
 * @param what what was found, with figures and places
 * @param remedy the command or sentence that mends it; empty if and only if it is OK
 */
public record Finding(String area, String id, Status status, String what, String remedy) {
    public Finding {
        if ((status == Status.OK) != remedy.isEmpty()) {
            throw new IllegalArgumentException(id + " is " + status + " with the remedy '" + remedy + "'");
        }
    }
}
