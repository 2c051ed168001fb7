package dev.remora.bench.pair;

import dev.remora.bench.process.Interference;
import dev.remora.bench.process.ProcessCounters;

/**
 * What came of a load.
 *
 * @param result of the client
 * @param server what its process has used meanwhile
 * @param interference what others had of the machine
 */
public record MeasuredLoad(String result, ProcessCounters server, Interference interference) {}
