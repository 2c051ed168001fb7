package dev.remora.runtime.stream;

/**
 * Which stream a request belongs to.
 *
 * @param client random number of the channel: nobody else can guess it, so nobody can meddle with its streams
 * @param number counted by the channel
 */
record StreamId(long client, long number) {
    @Override
    public String toString() {
        return Long.toHexString(client) + "/" + number;
    }
}
