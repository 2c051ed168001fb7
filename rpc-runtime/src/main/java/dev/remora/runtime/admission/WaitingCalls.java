package dev.remora.runtime.admission;

import dev.remora.api.Criticality;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.NoSuchElementException;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Calls that wait for the same thing, findable by age and, where the order asks for it, by size; one set per criticality. All
 * steps cost the logarithm of their number at most. Guarded by the admission's lock.
 */
final class WaitingCalls {
    private static final int SIZES = Integer.SIZE;

    private final Level[] levels = new Level[Criticality.values().length];
    private @Nullable Lane lane;

    /** @param sorted whether the smallest and the greatest have to be found */
    WaitingCalls(boolean sorted) {
        for (int i = 0; i < levels.length; i++) {
            levels[i] = new Level(sorted);
        }
    }

    private static final class Level {
        final LinkedHashSet<Candidate> byAge = new LinkedHashSet<>();
        final @Nullable TreeSet<Candidate> bySize;
        /** How many there are of each size, by the number of its bits. */
        final int[] ofSize = new int[SIZES];

        Level(boolean sorted) {
            bySize = sorted
                    ? new TreeSet<>(Comparator.comparingInt(Candidate::bytes).thenComparingLong(c -> c.number))
                    : null;
        }
    }

    /** The lane whose limit keeps them waiting, besides the server's. */
    void belongTo(Lane newLane) {
        lane = newLane;
    }

    /** Whether only the server's own bound keeps them waiting. */
    boolean mayGo() {
        return lane == null || !lane.isFull();
    }

    void add(Candidate call) {
        Level level = levels[call.criticality().ordinal()];
        level.byAge.add(call);
        if (level.bySize != null) {
            level.bySize.add(call);
            level.ofSize[bits(call.bytes())]++;
        }
    }

    void remove(Candidate call) {
        Level level = levels[call.criticality().ordinal()];
        if (!level.byAge.remove(call)) {
            throw new NoSuchElementException("the call does not wait here");
        }
        if (level.bySize != null) {
            level.bySize.remove(call);
            level.ofSize[bits(call.bytes())]--;
        }
    }

    /** The one to be served first; null if there is none. */
    @Nullable
    Candidate first(QueueOrder order) {
        for (int i = levels.length - 1; i >= 0; i--) {
            if (!levels[i].byAge.isEmpty()) {
                return end(levels[i], order, true);
            }
        }
        return null;
    }

    /** The one to be served last; null if there is none. */
    @Nullable
    Candidate last(QueueOrder order) {
        for (Level level : levels) {
            if (!level.byAge.isEmpty()) {
                return end(level, order, false);
            }
        }
        return null;
    }

    private static Candidate end(Level level, QueueOrder order, boolean first) {
        return switch (order) {
            case OLDEST_FIRST -> first ? level.byAge.getFirst() : level.byAge.getLast();
            case NEWEST_FIRST -> first ? level.byAge.getLast() : level.byAge.getFirst();
            case SMALLEST_FIRST -> {
                if (level.bySize == null) {
                    throw new IllegalStateException("these calls are not sorted by size");
                }
                yield first ? level.bySize.first() : level.bySize.last();
            }
        };
    }

    /** The one that waits longest, whatever its criticality; null if there is none. */
    @Nullable
    Candidate oldest() {
        Candidate oldest = null;
        for (Level level : levels) {
            if (!level.byAge.isEmpty()) {
                Candidate first = level.byAge.getFirst();
                oldest = oldest == null || first.number < oldest.number ? first : oldest;
            }
        }
        return oldest;
    }

    /** About how many are served before a call that comes now. */
    int ahead(Criticality criticality, int bytes, QueueOrder order) {
        int ahead = 0;
        for (int i = criticality.ordinal() + 1; i < levels.length; i++) {
            ahead += levels[i].byAge.size();
        }
        Level own = levels[criticality.ordinal()];
        return switch (order) {
            case OLDEST_FIRST -> ahead + own.byAge.size();
            case NEWEST_FIRST -> ahead;
            case SMALLEST_FIRST -> {
                int size = bits(bytes);
                for (int i = 0; i < size; i++) {
                    ahead += own.ofSize[i];
                }
                yield ahead + own.ofSize[size] / 2;
            }
        };
    }

    private static int bits(int bytes) {
        return SIZES - 1 - Math.min(SIZES - 1, Integer.numberOfLeadingZeros(bytes));
    }
}
