package dev.remora.runtime.balance;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Calls that wait for a server, in the order in which they came, up to a bound. For any thread. */
final class WaitingCalls {
    private final int max;
    private final Set<PickRequest> waiting = new LinkedHashSet<>();
    private boolean closed;

    WaitingCalls(int max) {
        this.max = max;
    }

    /** @return false if there are too many, or no more are taken */
    synchronized boolean add(PickRequest request) {
        return !closed && waiting.size() < max && waiting.add(request);
    }

    synchronized void remove(PickRequest request) {
        waiting.remove(request);
    }

    synchronized List<PickRequest> takeAll() {
        List<PickRequest> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }

    synchronized List<PickRequest> close() {
        closed = true;
        return takeAll();
    }

    synchronized int size() {
        return waiting.size();
    }
}
