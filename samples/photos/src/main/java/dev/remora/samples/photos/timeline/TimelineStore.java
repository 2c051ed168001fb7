package dev.remora.samples.photos.timeline;

import com.google.inject.Inject;
import dev.remora.samples.photos.node.Database;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** Which posts stand in whose timeline; at most {@code photos.timeline.max-entries} in each. For use by any thread. */
final class TimelineStore {
    static final List<String> SCHEMA = List.of("""
            CREATE TABLE IF NOT EXISTS entries (
                user_id BIGINT NOT NULL,
                post_id BIGINT NOT NULL,
                PRIMARY KEY (user_id, post_id))""");

    private final Database database;
    private final int maxEntries;

    /** Two pushes that write the same timelines in different orders would wait for each other's rows. */
    private final ReentrantLock pushing = new ReentrantLock();

    @Inject
    TimelineStore(Database database, TimelineSettings settings) {
        this.database = database;
        this.maxEntries = settings.maxEntries();
    }

    /** Puts a post into the timelines of users, and drops the oldest of what is too much there. May be repeated. */
    void push(long postId, List<Long> userIds) throws SQLException {
        String merge = "MERGE INTO entries (user_id, post_id) KEY (user_id, post_id) VALUES (?, ?)";
        String trim = """
                DELETE FROM entries WHERE user_id = ? AND post_id <=
                    (SELECT post_id FROM entries WHERE user_id = ? ORDER BY post_id DESC
                     OFFSET ? ROWS FETCH FIRST 1 ROW ONLY)""";
        pushing.lock();
        try {
            database.write(connection -> {
                try (PreparedStatement add = connection.prepareStatement(merge);
                        PreparedStatement drop = connection.prepareStatement(trim)) {
                    for (long userId : userIds) {
                        add.setLong(1, userId);
                        add.setLong(2, postId);
                        add.addBatch();
                        drop.setLong(1, userId);
                        drop.setLong(2, userId);
                        drop.setInt(3, maxEntries);
                        drop.addBatch();
                    }
                    add.executeBatch();
                    drop.executeBatch();
                    return userIds.size();
                }
            });
        } finally {
            pushing.unlock();
        }
    }

    /**
     * Ids of the posts in a timeline, newest first.
     *
     * @param beforePostId only smaller ids; 0 for all
     */
    List<Long> newest(long userId, long beforePostId, int limit) throws SQLException {
        String sql = "SELECT post_id FROM entries WHERE user_id = ? AND post_id < ?"
                + " ORDER BY post_id DESC FETCH FIRST ? ROWS ONLY";
        return database.read(connection -> {
            try (PreparedStatement select = connection.prepareStatement(sql)) {
                select.setLong(1, userId);
                select.setLong(2, beforePostId == 0 ? Long.MAX_VALUE : beforePostId);
                select.setInt(3, limit);
                List<Long> ids = new ArrayList<>();
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        ids.add(rows.getLong(1));
                    }
                }
                return ids;
            }
        });
    }
}
