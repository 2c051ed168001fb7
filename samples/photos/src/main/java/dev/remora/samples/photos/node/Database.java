package dev.remora.samples.photos.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.h2.jdbcx.JdbcConnectionPool;

/**
 * The embedded database of one service: a file that survives the process, {@code kill -9} included. For use by any thread;
 * a thread waits while all connections are in use.
 */
public final class Database implements AutoCloseable {
    /** How long a call waits for a connection before it fails. */
    private static final int CONNECTION_WAIT_S = 5;

    private final JdbcConnectionPool pool;

    private Database(JdbcConnectionPool pool) {
        this.pool = pool;
    }

    /** Work with a connection. */
    @FunctionalInterface
    public interface SqlWork<T> {
        T run(Connection connection) throws SQLException;
    }

    /**
     * Opens a database, and makes it if it is not there.
     *
     * @param directory where its file is; made if it is not there
     * @param name of the file, without ending
     * @param connections most connections at one time
     * @param schema statements that make the tables; run at every start, so they must bear being repeated
     * @throws IllegalStateException if it cannot be opened; the message says where and why
     */
    public static Database open(Path directory, String name, int connections, List<String> schema) {
        Path file = directory.toAbsolutePath().resolve(name);
        if (file.toString().contains(";")) {
            throw new IllegalStateException("photos.data-dir: H2 takes no path with a ';': " + file);
        }
        // WRITE_DELAY=0: a commit is in the file before the call is answered, so a killed process loses nothing it has
        // confirmed. DB_CLOSE_ON_EXIT=FALSE: the node closes it, after the last call.
        JdbcConnectionPool pool = JdbcConnectionPool.create(
                "jdbc:h2:file:" + file + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;LOCK_TIMEOUT=5000", "sa", "");
        pool.setMaxConnections(connections);
        pool.setLoginTimeout(CONNECTION_WAIT_S);
        try {
            Files.createDirectories(directory);
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                for (String sql : schema) {
                    statement.execute(sql);
                }
            }
            return new Database(pool);
        } catch (IOException | SQLException e) {
            pool.dispose();
            throw new IllegalStateException(
                    "the database " + file + " cannot be opened (" + e.getMessage()
                            + "): end the other process that uses it, or set photos.data-dir to another place",
                    e);
        }
    }

    /** Runs statements that each stand alone. */
    public <T> T read(SqlWork<T> work) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return work.run(connection);
        }
    }

    /** Runs statements in one transaction: all of them take effect or, if {@code work} throws, none. */
    public <T> T write(SqlWork<T> work) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            boolean done = false;
            try {
                T result = work.run(connection);
                connection.commit();
                done = true;
                return result;
            } finally {
                if (!done) {
                    connection.rollback();
                }
                connection.setAutoCommit(true);
            }
        }
    }

    /** Closes all connections, and with the last one the file. Idempotent. */
    @Override
    public void close() {
        pool.dispose();
    }
}
