package dev.remora.homa.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class MemoryHubTest {
    private final MemoryHub hub = new MemoryHub(new MemoryHub.Options(1500, 128, false, 0), 42);
    private final FrameQueue a = hub.attach();
    private final FrameQueue b = hub.attach();
    private final FrameQueue c = hub.attach();

    private static void send(FrameQueue queue, int to, int from, int mark) {
        long at = queue.reserve(60);
        MemorySegment m = queue.memory();
        m.asSlice(at, 60).fill((byte) 0);
        m.set(ValueLayout.JAVA_BYTE, at, (byte) (to == 0xFF ? 0xFF : 2));
        m.set(ValueLayout.JAVA_BYTE, at + 5, (byte) to);
        m.set(ValueLayout.JAVA_BYTE, at + 6, (byte) 2);
        m.set(ValueLayout.JAVA_BYTE, at + 11, (byte) from);
        m.set(ValueLayout.JAVA_BYTE, at + 14, (byte) mark);
        queue.commit(60, Offload.NONE, 0, 0);
        queue.flush();
    }

    private static List<Integer> marks(FrameQueue queue) {
        List<Integer> marks = new ArrayList<>();
        FrameSink sink = new FrameSink() {
            @Override
            public void onFrame(MemorySegment m, long at, int bytes, int frameBytes, boolean good) {
                marks.add((int) m.get(ValueLayout.JAVA_BYTE, at + 14));
            }

            @Override
            public void onMore(MemorySegment m, long at, int bytes) {}

            @Override
            public void onBurstEnd() {}
        };
        while (queue.receive(sink) > 0) {
            // Until nothing is left.
        }
        return marks;
    }

    @Test
    void floodsWhatItDoesNotKnowAndSwitchesWhatItDoes() {
        send(a, 2, 1, 7);
        assertThat(marks(b)).containsExactly(7);
        assertThat(marks(c)).containsExactly(7);
        send(b, 1, 2, 8);
        assertThat(marks(a)).containsExactly(8);
        assertThat(marks(c)).isEmpty();
        send(b, 0xFF, 2, 9);
        assertThat(marks(a)).containsExactly(9);
        assertThat(marks(c)).containsExactly(9);
        assertThat(marks(b)).isEmpty();
    }

    @Test
    void fullQueueDropsAndCounts() {
        for (int i = 0; i < 200; i++) {
            send(a, 0xFF, 1, i & 0x7F);
        }
        assertThat(marks(b)).hasSize(128).startsWith(0, 1, 2);
        assertThat(hub.dropped()).isEqualTo(2 * 72);
    }

    @Test
    void disturbancesHappenAndNothingElse() {
        hub.disturb(0.2, 0.2, 0.2);
        List<Integer> came = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            send(a, 0xFF, 1, i);
        }
        came.addAll(marks(b));
        assertThat(hub.dropped()).isBetween(5L, 45L);
        assertThat(came).allMatch(mark -> mark >= 0 && mark < 100).hasSizeGreaterThan(50);
        Set<Integer> different = new TreeSet<>(came);
        assertThat(came).as("some came twice").hasSizeGreaterThan(different.size());
        assertThat(came)
                .as("some overtook others")
                .isNotEqualTo(came.stream().sorted().toList());
    }
}
