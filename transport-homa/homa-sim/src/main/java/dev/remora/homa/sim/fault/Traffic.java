package dev.remora.homa.sim.fault;

/**
 * What the applications do. Each RPC follows from the seed and its number, so that fewer RPCs are the first of more.
 *
 * @param spanNs requests begin within this time
 * @param longPermille RPCs with messages up to {@code maxBytes}; the others are short
 */
public record Traffic(
        int rpcs,
        long spanNs,
        int longPermille,
        int maxBytes,
        long maxHandlerNs,
        int abortPermille,
        int serverAbortPermille,
        int closedPortPermille) {
    Traffic withRpcs(int fewer) {
        return new Traffic(
                fewer,
                spanNs,
                longPermille,
                maxBytes,
                maxHandlerNs,
                abortPermille,
                serverAbortPermille,
                closedPortPermille);
    }

    Traffic withAborts(int client, int server, int closedPort) {
        return new Traffic(rpcs, spanNs, longPermille, maxBytes, maxHandlerNs, client, server, closedPort);
    }

    Traffic withMaxBytes(int smaller) {
        return new Traffic(
                rpcs,
                spanNs,
                longPermille,
                smaller,
                maxHandlerNs,
                abortPermille,
                serverAbortPermille,
                closedPortPermille);
    }
}
