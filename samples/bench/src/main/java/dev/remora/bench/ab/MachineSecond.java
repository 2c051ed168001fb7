package dev.remora.bench.ab;

/** @param cpuPercent of the machine in a second, without what keeps it awake */
record MachineSecond(double cpuPercent) {}
