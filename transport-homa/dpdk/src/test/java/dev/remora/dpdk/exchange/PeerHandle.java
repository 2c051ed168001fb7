package dev.remora.dpdk.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.dpdk.ChildJvm;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@link Peer} from outside. */
final class PeerHandle implements AutoCloseable {
    /** The compiler programs run with, as what it reorders is what can go wrong. */
    private static final List<String> COMPILER = List.of("-XX:TieredStopAtLevel=4");

    private final ChildJvm child;
    private final Words ready;

    private PeerHandle(ChildJvm child) {
        this.child = child;
        ready = expect("ready");
    }

    static PeerHandle start(String eal) {
        return start(List.of(), System.getProperty("java.class.path"), eal);
    }

    static PeerHandle start(List<String> prefix, String classPath, String eal) {
        return new PeerHandle(ChildJvm.start(prefix, COMPILER, classPath, Peer.class, eal));
    }

    /** What it said when DPDK had started. */
    Words ready() {
        return ready;
    }

    Process process() {
        return child.process();
    }

    /** Gives a command; the answer is taken by {@link #expect}. */
    void tell(String command) {
        child.send(command);
    }

    /** Gives a command and takes its answer. */
    Words ask(String command, String answer) {
        tell(command);
        return expect(answer);
    }

    /** Gives a command; why it failed, or null if it did not. */
    @Nullable
    String attempt(String command, String answer) {
        tell(command);
        try {
            expect(answer);
            return null;
        } catch (AssertionError e) {
            return e.getMessage();
        }
    }

    /** The answer that begins so; what the peer said before is skipped. */
    Words expect(String verb) {
        return expect(verb, new ArrayList<>());
    }

    /** The same, with the lines before. */
    Words expect(String verb, List<String> before) {
        return Words.of(expectLine(verb, before));
    }

    /** The line that begins so, which need not consist of words. */
    String expectLine(String verb, List<String> before) {
        while (true) {
            String line = child.line();
            if (line.startsWith(verb + " ") || line.equals(verb)) {
                return line;
            }
            if (line.startsWith("failed ")) {
                throw new AssertionError("peer " + child.process().pid() + " " + line);
            }
            before.add(line);
        }
    }

    /** The command must fail, for this reason. */
    void expectFailure(String reason) {
        assertThat(expectLine("failed", new ArrayList<>())).contains(reason);
    }

    /** Closes a port: all mbufs must be back in its pool. */
    void closePort(String port) {
        assertThat(ask("close port=" + port, "closed").number("inUse"))
                .as("mbufs not back in the pool of %s", port)
                .isZero();
    }

    /** Lets it end by itself. */
    void quit() {
        tell("quit");
        ChildJvm.Result result = child.await();
        assertThat(result.exitCode()).as(result.stdout() + result.stderr()).isZero();
        assertThat(result.stdout()).endsWith("bye\n");
    }

    /** Ends it, whatever it does. */
    @Override
    public void close() {
        child.close();
    }
}
