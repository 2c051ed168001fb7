package dev.remora.homa;

import dev.remora.contract.Patience;
import dev.remora.homa.link.socket.Namespaces;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A TCP connection of the kernels over the same interfaces. A burst goes to and fro each time it is told to, and not all the time:
 * on few CPUs that would take most of what the transports need.
 */
final class TcpSession implements AutoCloseable {
    private static final int BYTES = 4_000;

    private enum Order {
        GO_ON,
        END
    }

    private final ServerSocket listener;
    private final Socket caller;
    private final Socket server;
    /** Bounded by what the test makes of calls. */
    private final BlockingQueue<Order> orders = new LinkedBlockingQueue<>();

    private final AtomicLong rounds = new AtomicLong();
    private final CompletableFuture<Long> outcome = new CompletableFuture<>();
    private final Thread echo;
    private final Thread talk;

    TcpSession(Namespaces spaces, String address) throws IOException {
        listener = spaces.second().in(() -> new ServerSocket(0, 1, InetAddress.ofLiteral(address)));
        caller = spaces.first().in(() -> new Socket(InetAddress.ofLiteral(address), listener.getLocalPort()));
        server = listener.accept();
        echo = Thread.ofPlatform().daemon().name("tcp-echo").start(this::echo);
        talk = Thread.ofPlatform().daemon().name("tcp-talk").start(this::talk);
    }

    private void echo() {
        try {
            server.getInputStream().transferTo(server.getOutputStream());
        } catch (IOException e) {
            outcome.completeExceptionally(e);
        }
    }

    private void talk() {
        byte[] bytes = new byte[BYTES];
        try {
            DataInputStream in = new DataInputStream(caller.getInputStream());
            while (orders.take() == Order.GO_ON) {
                caller.getOutputStream().write(bytes);
                in.readFully(bytes);
                rounds.incrementAndGet();
            }
            outcome.complete(rounds.get());
        } catch (IOException | InterruptedException e) {
            outcome.completeExceptionally(e);
        }
    }

    /** One burst more; nobody waits for it. */
    void goOn() {
        orders.add(Order.GO_ON);
    }

    /** One burst more, which comes back. */
    void awaitRound() {
        long before = rounds.get();
        goOn();
        Patience.until(() -> rounds.get() > before || outcome.isDone(), "TCP goes on");
    }

    /** Ends it in good order, with as many bursts as were wanted; fails if it was reset, or did not work at any time. */
    long end() {
        orders.add(Order.END);
        return Patience.await(outcome, "the TCP session is alive");
    }

    @Override
    public void close() throws IOException {
        orders.add(Order.END);
        caller.close();
        server.close();
        listener.close();
        try {
            talk.join();
            echo.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
