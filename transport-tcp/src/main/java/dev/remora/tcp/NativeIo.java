package dev.remora.tcp;

import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import io.netty.channel.ChannelFactory;
import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SelectStrategy;
import io.netty.channel.SelectStrategyFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * How the kernel is asked: io_uring, epoll or NIO.
 *
 * <p>{@code auto} takes epoll before io_uring, which many containers forbid. A bare echo on two processors gave no clear
 * winner, io_uring against epoll: small calls 54 and 56 us, 64 KiB 102 and 122 us, 1 MiB 2.39 and 2.04 ms; 453 and 464
 * thousand calls a second with 32 outstanding, 663 and 583 with 256. With many calls at once io_uring is worth a trial.
 *
 * <p>The natives need {@code --enable-native-access}; each lives in a nested class so that this one loads without them.
 */
record NativeIo(
        String name,
        IoHandlerFactory handlers,
        ChannelFactory<? extends SocketChannel> client,
        ChannelFactory<? extends ServerChannel> server) {

    static NativeIo choose(String setting, boolean spin, Logger log) {
        if (spin && !setting.equals("auto") && !setting.equals("epoll")) {
            throw new TransportException(
                    Reason.UNSUPPORTED, "tcp.spin works with epoll only; set tcp.io = epoll or spin = false");
        }
        NativeIo chosen = switch (setting) {
            case "io-uring" -> required(setting, OnIoUring.problem(), OnIoUring::create);
            case "epoll" -> required(setting, OnEpoll.problem(), () -> OnEpoll.create(spin));
            case "nio" -> nio();
            default -> auto(spin, log);
        };
        log.info("tcp transport uses {}{}", chosen.name(), spin && chosen.name().equals("epoll") ? ", spinning" : "");
        return chosen;
    }

    private static NativeIo auto(boolean spin, Logger log) {
        Throwable problem = OnEpoll.problem();
        if (problem == null) {
            return OnEpoll.create(spin);
        }
        log.warn(
                "epoll cannot be used, falling back to NIO (slower): {}; the JVM needs --enable-native-access and the"
                        + " native Netty artifact of this platform",
                rootOf(problem).toString());
        if (spin) {
            log.warn("tcp.spin has no effect on NIO");
        }
        return nio();
    }

    private static NativeIo required(String setting, @Nullable Throwable problem, Supplier<NativeIo> create) {
        if (problem != null) {
            throw new TransportException(
                    Reason.UNSUPPORTED,
                    "tcp.io = " + setting + " cannot be used here: " + rootOf(problem) + "; set tcp.io = auto",
                    problem);
        }
        return create.get();
    }

    private static Throwable rootOf(Throwable problem) {
        Throwable root = problem;
        for (Throwable cause = root.getCause(); cause != null; cause = root.getCause()) {
            root = cause;
        }
        return root;
    }

    private static NativeIo nio() {
        return new NativeIo("nio", NioIoHandler.newFactory(), NioSocketChannel::new, NioServerSocketChannel::new);
    }

    private static final class OnEpoll {
        static @Nullable Throwable problem() {
            try {
                return Epoll.isAvailable() ? null : Epoll.unavailabilityCause();
            } catch (LinkageError e) {
                return e;
            }
        }

        static NativeIo create(boolean spin) {
            SelectStrategyFactory strategy = spin
                    ? () -> (tasks, hasTasks) -> hasTasks ? tasks.get() : SelectStrategy.BUSY_WAIT
                    : DefaultSelectStrategyFactory.INSTANCE;
            return new NativeIo(
                    "epoll",
                    EpollIoHandler.newFactory(0, strategy),
                    EpollSocketChannel::new,
                    EpollServerSocketChannel::new);
        }
    }

    private static final class OnIoUring {
        static @Nullable Throwable problem() {
            try {
                return IoUring.isAvailable() ? null : IoUring.unavailabilityCause();
            } catch (LinkageError e) {
                return e;
            }
        }

        static NativeIo create() {
            return new NativeIo(
                    "io_uring",
                    IoUringIoHandler.newFactory(),
                    IoUringSocketChannel::new,
                    IoUringServerSocketChannel::new);
        }
    }
}
