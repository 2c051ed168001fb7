package dev.remora.homa;

import dev.remora.contract.Patience;
import dev.remora.homa.link.socket.Namespaces;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** A TCP connection of the kernels over the same interfaces, on which bytes go to and fro until it is closed. */
final class TcpSession implements AutoCloseable {
    private static final int BYTES = 4_000;

    private final ServerSocket listener;
    private final Socket caller;
    private final Socket server;
    private final AtomicLong rounds = new AtomicLong();
    private final CompletableFuture<Long> outcome = new CompletableFuture<>();
    private final Thread echo;
    private final Thread talk;
    private volatile boolean ending;

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
            while (!ending) {
                caller.getOutputStream().write(bytes);
                in.readFully(bytes);
                rounds.incrementAndGet();
            }
            outcome.complete(rounds.get());
        } catch (IOException e) {
            outcome.completeExceptionally(e);
        }
    }

    /** Waits until so many more bursts went to and fro. */
    void awaitRounds(int more) {
        long until = rounds.get() + more;
        Patience.until(() -> rounds.get() >= until || outcome.isDone(), "TCP goes on");
    }

    /** Ends it in good order; fails if it was reset, or did not work at any time. */
    long end() {
        ending = true;
        return Patience.await(outcome, "the TCP session is alive");
    }

    @Override
    public void close() throws IOException {
        ending = true;
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
