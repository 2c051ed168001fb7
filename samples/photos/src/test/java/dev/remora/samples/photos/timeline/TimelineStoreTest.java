package dev.remora.samples.photos.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.samples.photos.node.Database;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimelineStoreTest {
    private static final int MAX_ENTRIES = 3;

    @TempDir
    private Path directory;

    private Database database;
    private TimelineStore store;

    @BeforeEach
    void open() {
        database = Database.open(directory, "timeline", 4, TimelineStore.SCHEMA);
        store = new TimelineStore(database, new TimelineSettings(MAX_ENTRIES, 100));
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void givesNewestFirstAndPages() throws Exception {
        store.push(1, List.of(7L));
        store.push(3, List.of(7L));
        store.push(2, List.of(7L, 8L));

        assertThat(store.newest(7, 0, 2)).containsExactly(3L, 2L);
        assertThat(store.newest(7, 2, 2)).containsExactly(1L);
        assertThat(store.newest(8, 0, 10)).containsExactly(2L);
        assertThat(store.newest(9, 0, 10)).isEmpty();
    }

    @Test
    void keepsOnlyTheNewest() throws Exception {
        for (long post = 1; post <= 5; post++) {
            store.push(post, List.of(7L));
        }

        assertThat(store.newest(7, 0, 10)).containsExactly(5L, 4L, 3L);
    }

    @Test
    void doesNothingWhenAPushIsRepeated() throws Exception {
        store.push(1, List.of(7L));
        store.push(1, List.of(7L));

        assertThat(store.newest(7, 0, 10)).containsExactly(1L);
    }

    @Test
    void bearsPushesToTheSameTimelinesInDifferentOrders() throws Exception {
        List<Long> users = List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> pushes = new ArrayList<>();
            for (long post = 1; post <= 20; post++) {
                long id = post;
                pushes.add(threads.submit(() -> {
                    store.push(id, id % 2 == 0 ? users : users.reversed());
                    return null;
                }));
            }
            for (Future<?> push : pushes) {
                push.get();
            }
        }

        assertThat(store.newest(1, 0, 10)).containsExactly(20L, 19L, 18L);
        assertThat(store.newest(8, 0, 10)).containsExactly(20L, 19L, 18L);
    }
}
