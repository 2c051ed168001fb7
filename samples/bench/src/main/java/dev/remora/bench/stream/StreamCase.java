package dev.remora.bench.stream;

import dev.remora.bench.pair.PairCase;

/**
 * One point of comparison.
 *
 * @param sizeBytes of payload in each message
 */
record StreamCase(Direction direction, int sizeBytes) implements PairCase {
    @Override
    public String label() {
        return direction + " " + PairCase.sizeLabel(sizeBytes);
    }
}
