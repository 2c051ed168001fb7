package dev.remora.homa.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sleepers and those who wake them, by a file that both map. */
@Timeout(60)
class BellTest {
    /** Longer than the test may take: who oversleeps fails it. */
    private static final long FOR_EVER_NS = TimeUnit.MINUTES.toNanos(5);

    @TempDir
    private Path folder;

    private Path file;
    private Bells own;
    private Bells peers;

    @BeforeEach
    void make() throws IOException {
        file = folder.resolve("000002.bells");
        own = Bells.make(file);
        peers = Bells.open(file);
    }

    @Test
    void aPeerEndsTheSleep() throws InterruptedException {
        Bell bell = own.of(0);
        bell.arm();
        Thread peer = Thread.ofPlatform().start(peers.of(0)::wake);
        assertThat(bell.await(false, FOR_EVER_NS)).isTrue();
        bell.disarm();
        peer.join();
    }

    @Test
    void whoArmedIsWokenThoughItDoesNotSleepYet() {
        Bell bell = own.of(0);
        assertThat(bell.arm()).as("whether to look for what came before").isTrue();
        assertThat(bell.await(false, 0)).isFalse();
        peers.of(0).wake();
        assertThat(bell.await(false, FOR_EVER_NS)).isTrue();
    }

    @Test
    void whoIsAwakeIsNotWoken() {
        Bell bell = own.of(0);
        peers.of(0).wake();
        bell.arm();
        bell.disarm();
        peers.of(0).wake();
        bell.arm();
        assertThat(bell.await(false, 0)).isFalse();
    }

    @Test
    void eachEngineHasItsOwn() {
        Bell first = own.of(0);
        Bell last = own.of(Bells.ENGINES - 1);
        first.arm();
        last.arm();
        peers.of(Bells.ENGINES - 1).wake();
        assertThat(first.await(false, 0)).isFalse();
        assertThat(last.await(false, 0)).isTrue();
    }

    /** Nobody tells when there is room again. */
    @Test
    void whoWaitsForRoomSleepsForAMoment() {
        Bell bell = own.of(0);
        bell.arm();
        assertThat(bell.await(true, FOR_EVER_NS)).isFalse();
    }

    @Test
    void itOutlivesTheFile() throws IOException {
        Bell bell = own.of(0);
        bell.arm();
        Files.delete(file);
        peers.of(0).wake();
        assertThat(bell.await(false, FOR_EVER_NS)).isTrue();
    }

    @Test
    void aFileOfAnotherReleaseIsRefused() throws IOException {
        Files.write(file, new byte[100]);
        assertThatIOException()
                .isThrownBy(() -> Bells.open(file))
                .withMessageContaining("has 100 bytes instead of")
                .withMessageContaining("same release");
    }

    @Test
    void whatAnEndedProcessLeftIsReplaced() throws IOException {
        peers.of(0).arm();
        Bells again = Bells.make(file);
        again.of(0).arm();
        again.of(0).disarm();
        assertThat(peers.of(0).await(false, 0)).as("the old one is another").isFalse();
    }

    /** Two that do nothing but wake each other: a wake-up that is lost once stops both. */
    @Test
    void noWakeUpIsLost() throws InterruptedException {
        int turns = 20_000;
        AtomicInteger turn = new AtomicInteger();
        AtomicLong slept = new AtomicLong();
        Thread[] threads = new Thread[2];
        for (int i = 0; i < 2; i++) {
            int me = i;
            threads[i] = Thread.ofPlatform().start(() -> {
                Bell mine = own.of(me);
                Bell others = peers.of(1 - me);
                while (turn.get() < turns) {
                    mine.arm();
                    if (turn.get() % 2 == me) {
                        mine.disarm();
                        turn.incrementAndGet();
                        others.wake();
                    } else if (turn.get() < turns) {
                        slept.incrementAndGet();
                        mine.await(false, FOR_EVER_NS);
                        mine.disarm();
                    }
                }
                others.wake();
            });
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(turn.get()).isGreaterThanOrEqualTo(turns);
        assertThat(slept.get()).as("sleeps").isPositive();
    }
}
