package dev.remora.discovery.zookeeper;

/** What an entry has beside its address. */
record ServerEntry(int weight, int priority) {}
