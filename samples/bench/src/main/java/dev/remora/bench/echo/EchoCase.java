package dev.remora.bench.echo;

/**
 * One point of comparison.
 *
 * @param sizeBytes bytes of payload in request and response
 * @param outstanding calls that are under way at any time
 */
record EchoCase(int sizeBytes, int outstanding) {
    long bytesInFlight() {
        return (long) sizeBytes * outstanding;
    }

    String label() {
        String size;
        if (sizeBytes >= 1 << 20 && sizeBytes % (1 << 20) == 0) {
            size = (sizeBytes >> 20) + " MiB";
        } else if (sizeBytes >= 1 << 10 && sizeBytes % (1 << 10) == 0) {
            size = (sizeBytes >> 10) + " KiB";
        } else {
            size = sizeBytes + " B";
        }
        return size + " x " + outstanding;
    }
}
