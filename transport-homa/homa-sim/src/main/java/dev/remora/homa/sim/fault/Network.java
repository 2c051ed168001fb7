package dev.remora.homa.sim.fault;

/**
 * What the network does to packets until it heals.
 *
 * @param lateNs most extra delay of a reordered packet or a second copy
 * @param corruptPermille packets with flipped bytes
 * @param manglePermille of these, the part the checksum lets through; above 0 only crash-freedom, bounds and liveness can
 *     be asked for
 * @param ringPackets packets that wait at a host before the next is dropped
 * @param burstNs a host handles together what arrives within this time
 */
public record Network(
        long baseDelayNs,
        long jitterNs,
        int lossPermille,
        int duplicatePermille,
        int reorderPermille,
        long lateNs,
        int corruptPermille,
        int manglePermille,
        int ringPackets,
        long burstNs) {
    static final int LARGE_RING = 1 << 20;

    long longestLifeNs() {
        return baseDelayNs + jitterNs + 2 * lateNs + burstNs;
    }

    Network withLoss(int permille) {
        return with(permille, duplicatePermille, reorderPermille, corruptPermille, manglePermille, ringPackets);
    }

    Network withDuplicates(int permille) {
        return with(lossPermille, permille, reorderPermille, corruptPermille, manglePermille, ringPackets);
    }

    Network withReordering(int permille) {
        return with(lossPermille, duplicatePermille, permille, corruptPermille, manglePermille, ringPackets);
    }

    Network withCorruption(int permille) {
        return with(lossPermille, duplicatePermille, reorderPermille, permille, manglePermille, ringPackets);
    }

    Network withMangling(int permille) {
        return with(lossPermille, duplicatePermille, reorderPermille, corruptPermille, permille, ringPackets);
    }

    Network withRing(int packets) {
        return with(lossPermille, duplicatePermille, reorderPermille, corruptPermille, manglePermille, packets);
    }

    private Network with(int loss, int duplicate, int reorder, int corrupt, int mangle, int ring) {
        return new Network(baseDelayNs, jitterNs, loss, duplicate, reorder, lateNs, corrupt, mangle, ring, burstNs);
    }
}
