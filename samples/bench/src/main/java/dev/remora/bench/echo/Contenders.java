package dev.remora.bench.echo;

import dev.remora.bench.echo.contender.AeronContender;
import dev.remora.bench.echo.contender.BlockingSocketContender;
import dev.remora.bench.echo.contender.Contender;
import dev.remora.bench.echo.contender.GrpcContender;
import dev.remora.bench.echo.contender.NettyContender;
import dev.remora.bench.echo.contender.RemoraContender;
import dev.remora.bench.pair.Candidates;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Who can be compared. */
final class Contenders {
    static final Candidates<Contender> ALL = new Candidates<>(List.of(
            RemoraContender.homa(),
            RemoraContender.tcp(),
            NettyContender.epoll(),
            NettyContender.ioUring(),
            new GrpcContender(),
            new BlockingSocketContender(),
            new AeronContender(),
            RemoraContender.homaTwoEngines(),
            RemoraContender.homaPackets(),
            RemoraContender.homaIdle("spin"),
            RemoraContender.homaIdle("park"),
            RemoraContender.homaThreads(),
            RemoraContender.tcpThreads(),
            RemoraContender.tcpPool(),
            RemoraContender.tcpIoUring()));
    private static final Set<String> ONLY_BY_NAME = Set.of(
            "remora-homa-2",
            "remora-homa-packets",
            "remora-homa-spin",
            "remora-homa-park",
            "remora-homa-threads",
            "remora-tcp-threads",
            "remora-tcp-pool",
            "remora-tcp-uring");

    private Contenders() {}

    /** Those that are compared when nothing else is said. */
    static List<String> defaults() {
        return ALL.names().stream().filter(name -> !ONLY_BY_NAME.contains(name)).toList();
    }

    static Optional<Contender> find(String name) {
        return ALL.find(name);
    }
}
