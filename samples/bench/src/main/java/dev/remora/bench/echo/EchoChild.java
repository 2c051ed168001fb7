package dev.remora.bench.echo;

import dev.remora.bench.echo.contender.Contender;
import dev.remora.bench.echo.contender.EchoClient;
import dev.remora.bench.echo.contender.EchoServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A client or a server in a process of its own. Takes orders from standard input and answers each with one line on
 * standard output; ends when standard input does, so it never outlives its parent.
 *
 * <pre>
 * server NAME        ready PORT            counters    counters CPU_NS ALLOCATED_BYTES
 * client NAME PORT   ready                 run ORDER   result RESULT
 * both               failed MESSAGE        end         (ends)
 * </pre>
 */
public final class EchoChild {
    private static final int MAX_WAITING_ORDERS = 16;

    private final PrintStream answers;
    private final BlockingQueue<String> orders = new LinkedBlockingQueue<>(MAX_WAITING_ORDERS);

    private EchoChild(PrintStream answers) {
        this.answers = answers;
    }

    /** Runs until the parent says {@code end} or is gone. */
    public static void main(String[] args) {
        EchoChild child = new EchoChild(System.out);
        // What a library prints must not be read as an answer.
        System.setOut(System.err);
        Thread.ofPlatform().daemon().name("echo-orders").start(child::readOrders);
        int exitCode = 0;
        try {
            child.serve(args);
        } catch (Throwable e) {
            e.printStackTrace();
            child.answer("failed " + oneLine(e));
            exitCode = 1;
        }
        // Contenders may leave threads behind.
        System.exit(exitCode);
    }

    private void serve(String[] args) throws Exception {
        Contender contender = Contenders.find(args[1])
                .orElseThrow(() -> new IllegalArgumentException("there is no contender '" + args[1] + "'"));
        if (args[0].equals("server")) {
            try (EchoServer server = contender.start()) {
                answer("ready " + server.port());
                for (String order = orders.take(); !order.equals("end"); order = orders.take()) {
                    answer("counters " + ProcessCounters.now().toLine());
                }
            }
        } else {
            int port = Integer.parseInt(args[2]);
            try (EchoClient client = contender.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
                answer("ready");
                for (String order = orders.take(); !order.equals("end"); order = orders.take()) {
                    LoadOrder load = LoadOrder.parse(order.substring("run ".length()));
                    answer("result " + EchoLoad.run(client, load).toLine());
                }
            }
        }
    }

    private void answer(String line) {
        answers.println(line);
        answers.flush();
    }

    private void readOrders() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                orders.add(line);
            }
        } catch (IOException e) {
            System.err.println("reading orders failed: " + e);
        }
        // The parent is gone: nobody waits for what runs here, nor removes our files.
        String scratch = System.getProperty("remora.bench.scratch");
        if (scratch != null) {
            Scratch.delete(Path.of(scratch));
        }
        Runtime.getRuntime().halt(2);
    }

    private static String oneLine(Throwable e) {
        return String.valueOf(e.getMessage() == null ? e : e.getMessage()).replaceAll("\\s+", " ");
    }
}
