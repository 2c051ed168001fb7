package dev.remora.samples.photos.posts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.samples.photos.node.Database;
import dev.remora.samples.photos.v1.CreatePostRequest;
import dev.remora.samples.photos.v1.Post;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostsStoreTest {
    @TempDir
    private Path directory;

    private Database database;
    private PostsStore store;

    @BeforeEach
    void open() {
        database = Database.open(directory, "posts", 4, PostsStore.SCHEMA);
        store = new PostsStore(database);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static CreatePostRequest request(long author, String token) {
        return CreatePostRequest.newBuilder()
                .setAuthorId(author)
                .setClientToken(token)
                .setCaption("A caption")
                .setMediaId("abc")
                .build();
    }

    @Test
    void givesLaterPostsLargerIds() throws Exception {
        Post first = store.create(request(1, "a"), 10);
        Post second = store.create(request(1, "b"), 10);

        assertThat(second.getPostId()).isGreaterThan(first.getPostId());
        assertThat(store.find(first.getPostId())).contains(first);
    }

    @Test
    void givesThePostOfTheFirstCallWhenACallIsRepeated() throws Exception {
        Post first = store.create(request(1, "a"), 10);

        assertThat(store.create(request(1, "a"), 99)).isEqualTo(first);
        assertThat(store.create(request(2, "a"), 10).getPostId()).isNotEqualTo(first.getPostId());
    }

    @Test
    void storesOnePostWhenTheSameCallComesManyTimesAtOnce() throws Exception {
        Set<Long> ids = new HashSet<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Post>> calls = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                calls.add(threads.submit(() -> store.create(request(1, "a"), 10)));
            }
            for (Future<Post> call : calls) {
                ids.add(call.get().getPostId());
            }
        }

        assertThat(ids).hasSize(1);
    }

    @Test
    void leavesOutPostsThatDoNotExistAndKeepsTheOrderAskedFor() throws Exception {
        Post first = store.create(request(1, "a"), 10);
        Post second = store.create(request(1, "b"), 10);

        assertThat(store.findAll(List.of(second.getPostId(), 999L, first.getPostId())))
                .containsExactly(second, first);
    }
}
