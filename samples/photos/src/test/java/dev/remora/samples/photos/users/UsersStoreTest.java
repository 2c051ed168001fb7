package dev.remora.samples.photos.users;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.samples.photos.node.Database;
import dev.remora.samples.photos.v1.User;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsersStoreTest {
    @TempDir
    private Path directory;

    private Database database;
    private UsersStore store;

    @BeforeEach
    void open() {
        database = Database.open(directory, "users", 4, UsersStore.SCHEMA);
        store = new UsersStore(database);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private long user(String handle) throws Exception {
        return store.create(handle, handle, 1).orElseThrow().getUserId();
    }

    @Test
    void givesBackWhatWasStored() throws Exception {
        User made = store.create("ada", "Ada L.", 1234).orElseThrow();

        assertThat(store.find(made.getUserId())).contains(made);
        assertThat(store.find(made.getUserId() + 1)).isEmpty();
    }

    @Test
    void refusesAHandleThatIsTaken() throws Exception {
        user("ada");

        assertThat(store.create("ada", "Another", 2)).isEmpty();
    }

    @Test
    void countsAFollowOnceHoweverOftenItIsMade() throws Exception {
        long ada = user("ada");
        long bob = user("bob");

        assertThat(store.follow(bob, ada)).isEqualTo(1);
        assertThat(store.follow(bob, ada)).isEqualTo(1);
        assertThat(store.find(ada).orElseThrow().getFollowers()).isEqualTo(1);
        assertThat(store.find(bob).orElseThrow().getFollowing()).isEqualTo(1);
        assertThat(store.unfollow(bob, ada)).isZero();
        assertThat(store.unfollow(bob, ada)).isZero();
    }

    @Test
    void listsFollowersInPagesByAscendingId() throws Exception {
        long ada = user("ada");
        long first = user("f1");
        long second = user("f2");
        long third = user("f3");
        store.follow(third, ada);
        store.follow(first, ada);
        store.follow(second, ada);

        assertThat(store.followers(ada, 0, 2)).containsExactly(first, second);
        assertThat(store.followers(ada, second, 2)).containsExactly(third);
    }

    @Test
    void keepsEverythingWhenItIsOpenedAgain() throws Exception {
        User made = store.create("ada", "Ada L.", 1234).orElseThrow();
        database.close();

        open();

        assertThat(store.find(made.getUserId())).contains(made);
    }
}
