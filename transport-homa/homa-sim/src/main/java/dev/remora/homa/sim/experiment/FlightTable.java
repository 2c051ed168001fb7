package dev.remora.homa.sim.experiment;

import java.util.Arrays;

/**
 * Messages under way, by number and by (client host, RPC id): the server side of the measurement knows only the latter.
 * Numbers are used again. Open addressing with linear probing; removal moves later entries back, so no marks pile up.
 */
final class FlightTable {
    private static final int FIRST_CAPACITY = 1 << 14;
    private static final long FACTOR = 0x9e37_79b9_7f4a_7c15L;

    // by flight
    private long[] ids = new long[FIRST_CAPACITY];
    private int[] clients = new int[FIRST_CAPACITY];
    private long[] startsNs = new long[FIRST_CAPACITY];
    private int[] sizes = new int[FIRST_CAPACITY];
    /** Decile of the size, or -1 when the message is not measured. */
    private byte[] deciles = new byte[FIRST_CAPACITY];

    private boolean[] delivered = new boolean[FIRST_CAPACITY];
    private int[] nextFree = new int[FIRST_CAPACITY];

    private int firstFree = -1;
    private int fresh;
    private int used;
    /** Flight + 1 in each slot; 0 = empty. Twice as many slots as flights. */
    private int[] slots = new int[2 * FIRST_CAPACITY];

    /** A number for a message about to be sent; {@link #add} follows when its RPC has an id. */
    int take(int client, int size, int decile, long nowNs) {
        int flight = firstFree;
        if (flight >= 0) {
            firstFree = nextFree[flight];
        } else {
            if (fresh == ids.length) {
                grow();
            }
            flight = fresh++;
        }
        clients[flight] = client;
        startsNs[flight] = nowNs;
        sizes[flight] = size;
        deciles[flight] = (byte) decile;
        delivered[flight] = false;
        ids[flight] = 0;
        return flight;
    }

    void add(int flight, long id) {
        ids[flight] = id;
        used++;
        insert(flight);
    }

    /** Frees the number; the flight need not have been added. */
    void remove(int flight) {
        if (ids[flight] != 0) {
            int slot = slotOf(clients[flight], ids[flight]);
            if (slots[slot] == flight + 1) {
                delete(slot);
                used--;
            }
            ids[flight] = 0;
        }
        nextFree[flight] = firstFree;
        firstFree = flight;
    }

    /** The flight of that RPC; -1 when there is none. */
    int find(int client, long id) {
        return slots[slotOf(client, id)] - 1;
    }

    private int slotOf(int client, long id) {
        int mask = slots.length - 1;
        int slot = home(client, id) & mask;
        while (slots[slot] != 0) {
            int flight = slots[slot] - 1;
            if (ids[flight] == id && clients[flight] == client) {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private static int home(int client, long id) {
        return (int) (((id + client * 0x5851_f42d_4c95_7f2dL) * FACTOR) >>> 32);
    }

    private void insert(int flight) {
        slots[slotOf(clients[flight], ids[flight])] = flight + 1;
    }

    private void delete(int slot) {
        int mask = slots.length - 1;
        int hole = slot;
        int at = slot;
        while (true) {
            at = (at + 1) & mask;
            if (slots[at] == 0) {
                break;
            }
            int flight = slots[at] - 1;
            int home = home(clients[flight], ids[flight]) & mask;
            // Whoever would be found past the hole only if the hole stays filled moves into it.
            if (((at - home) & mask) >= ((at - hole) & mask)) {
                slots[hole] = slots[at];
                hole = at;
            }
        }
        slots[hole] = 0;
    }

    private void grow() {
        int capacity = 2 * ids.length;
        ids = Arrays.copyOf(ids, capacity);
        clients = Arrays.copyOf(clients, capacity);
        startsNs = Arrays.copyOf(startsNs, capacity);
        sizes = Arrays.copyOf(sizes, capacity);
        deciles = Arrays.copyOf(deciles, capacity);
        delivered = Arrays.copyOf(delivered, capacity);
        nextFree = Arrays.copyOf(nextFree, capacity);
        slots = new int[2 * capacity];
        for (int flight = 0; flight < fresh; flight++) {
            if (ids[flight] != 0) {
                insert(flight);
            }
        }
    }

    /** Marks the message as delivered; false when it has been before. */
    boolean deliver(int flight) {
        boolean first = !delivered[flight];
        delivered[flight] = true;
        return first;
    }

    boolean delivered(int flight) {
        return delivered[flight];
    }

    long startNs(int flight) {
        return startsNs[flight];
    }

    int size(int flight) {
        return sizes[flight];
    }

    int client(int flight) {
        return clients[flight];
    }

    int decile(int flight) {
        return deciles[flight];
    }

    /** RPCs under way. */
    int used() {
        return used;
    }
}
