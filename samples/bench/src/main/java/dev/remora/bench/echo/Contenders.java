package dev.remora.bench.echo;

import dev.remora.bench.echo.contender.AeronContender;
import dev.remora.bench.echo.contender.BlockingSocketContender;
import dev.remora.bench.echo.contender.Contender;
import dev.remora.bench.echo.contender.GrpcContender;
import dev.remora.bench.echo.contender.NettyContender;
import java.util.List;
import java.util.Optional;

/** Who can be compared. */
final class Contenders {
    private static final List<Contender> ALL = List.of(
            NettyContender.epoll(),
            NettyContender.ioUring(),
            new GrpcContender(),
            new BlockingSocketContender(),
            new AeronContender());

    private Contenders() {}

    static List<Contender> all() {
        return ALL;
    }

    /** Those that are compared when nothing else is said. */
    static List<String> defaults() {
        return ALL.stream().map(Contender::name).toList();
    }

    static List<String> names() {
        return ALL.stream().map(Contender::name).toList();
    }

    static Optional<Contender> find(String name) {
        return ALL.stream().filter(c -> c.name().equals(name)).findFirst();
    }
}
