package dev.remora.bench.echo;

import dev.remora.bench.echo.contender.AeronContender;
import dev.remora.bench.echo.contender.BlockingSocketContender;
import dev.remora.bench.echo.contender.Contender;
import dev.remora.bench.echo.contender.GrpcContender;
import dev.remora.bench.echo.contender.NettyContender;
import dev.remora.bench.echo.contender.RemoraContender;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Who can be compared. */
final class Contenders {
    private static final List<Contender> ALL = List.of(
            RemoraContender.homa(),
            RemoraContender.tcp(),
            NettyContender.epoll(),
            NettyContender.ioUring(),
            new GrpcContender(),
            new BlockingSocketContender(),
            new AeronContender(),
            RemoraContender.tcpPool(),
            RemoraContender.tcpIoUring());
    private static final Set<String> ONLY_BY_NAME = Set.of("remora-tcp-pool", "remora-tcp-uring");

    private Contenders() {}

    static List<Contender> all() {
        return ALL;
    }

    /** Those that are compared when nothing else is said. */
    static List<String> defaults() {
        return names().stream().filter(name -> !ONLY_BY_NAME.contains(name)).toList();
    }

    static List<String> names() {
        return ALL.stream().map(Contender::name).toList();
    }

    static Optional<Contender> find(String name) {
        return ALL.stream().filter(c -> c.name().equals(name)).findFirst();
    }
}
