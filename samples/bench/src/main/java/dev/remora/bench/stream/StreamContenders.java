package dev.remora.bench.stream;

import dev.remora.bench.pair.Candidates;
import dev.remora.bench.stream.contender.GrpcStreams;
import dev.remora.bench.stream.contender.RemoraStreams;
import dev.remora.bench.stream.contender.StreamContender;
import java.util.List;
import java.util.Optional;

/** Who can be compared. */
final class StreamContenders {
    static final Candidates<StreamContender> ALL = new Candidates<>(
            List.of(RemoraStreams.tcp(), RemoraStreams.homa(), new GrpcStreams(), RemoraStreams.tcpBlocking()));

    private StreamContenders() {}

    static Optional<StreamContender> find(String name) {
        return ALL.find(name);
    }
}
