package dev.remora.bench.echo;

import dev.remora.bench.pair.PairCase;

/**
 * One point of comparison.
 *
 * @param sizeBytes bytes of payload in request and response
 * @param outstanding calls that are under way at any time
 */
record EchoCase(int sizeBytes, int outstanding) implements PairCase {
    long bytesInFlight() {
        return (long) sizeBytes * outstanding;
    }

    @Override
    public String label() {
        return PairCase.sizeLabel(sizeBytes) + " x " + outstanding;
    }
}
