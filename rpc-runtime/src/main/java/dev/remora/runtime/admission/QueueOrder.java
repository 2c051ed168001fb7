package dev.remora.runtime.admission;

/** Which of several waiting calls of one criticality is served first. */
enum QueueOrder {
    OLDEST_FIRST,
    NEWEST_FIRST,
    SMALLEST_FIRST;

    /** Whether {@code a} is served before {@code b}. */
    boolean before(Candidate a, Candidate b) {
        int byCriticality = a.criticality().compareTo(b.criticality());
        if (byCriticality != 0) {
            return byCriticality > 0;
        }
        return switch (this) {
            case OLDEST_FIRST -> a.number < b.number;
            case NEWEST_FIRST -> a.number > b.number;
            case SMALLEST_FIRST -> a.bytes() < b.bytes() || (a.bytes() == b.bytes() && a.number < b.number);
        };
    }
}
