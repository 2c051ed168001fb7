package dev.remora.samples.photos.media;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import dev.remora.samples.photos.node.Database;
import dev.remora.samples.photos.v1.Photo;
import dev.remora.samples.photos.v1.PhotoInfo;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Photos as files named by their hash, with a record of each in the database. A file is complete before its record is
 * made: a process that dies in between leaves a file nobody refers to, never a record without its photo. For use by any
 * thread.
 */
final class MediaStore {
    static final List<String> SCHEMA = List.of("""
            CREATE TABLE IF NOT EXISTS photos (
                media_id CHAR(64) PRIMARY KEY,
                content_type VARCHAR(100) NOT NULL,
                size_bytes BIGINT NOT NULL)""");

    private static final String UNFINISHED = ".unfinished";

    private final Database database;
    private final Path directory;
    private final long maxTotalBytes;
    private final AtomicLong totalBytes;

    private MediaStore(Database database, Path directory, long maxTotalBytes, long totalBytes) {
        this.database = database;
        this.directory = directory;
        this.maxTotalBytes = maxTotalBytes;
        this.totalBytes = new AtomicLong(totalBytes);
    }

    /** @param directory where the files are; made if it is not there */
    static MediaStore open(Database database, Path directory, long maxTotalBytes) throws IOException, SQLException {
        Files.createDirectories(directory);
        // Of uploads that the last process did not finish.
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(directory, "*" + UNFINISHED)) {
            for (Path leftover : leftovers) {
                Files.delete(leftover);
            }
        }
        long total = database.read(connection -> {
            try (PreparedStatement sum =
                            connection.prepareStatement("SELECT COALESCE(SUM(size_bytes), 0) FROM photos");
                    ResultSet row = sum.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        });
        return new MediaStore(database, directory, maxTotalBytes, total);
    }

    /**
     * Stores a photo, or finds that it is there already.
     *
     * @throws RpcException with RESOURCE_EXHAUSTED if there is no room
     */
    PhotoInfo put(String contentType, ByteString content) throws IOException, SQLException {
        String mediaId = hash(content);
        Optional<PhotoInfo> before = find(mediaId);
        if (before.isPresent()) {
            return before.get();
        }
        PhotoInfo info = PhotoInfo.newBuilder()
                .setMediaId(mediaId)
                .setContentType(contentType)
                .setSizeBytes(content.size())
                .build();
        reserve(content.size());
        boolean stored = false;
        try {
            writeFile(mediaId, content);
            stored = insert(info);
        } finally {
            if (!stored) {
                totalBytes.addAndGet(-content.size());
            }
        }
        return info;
    }

    private void reserve(long bytes) {
        if (totalBytes.addAndGet(bytes) > maxTotalBytes) {
            totalBytes.addAndGet(-bytes);
            throw new RpcException(
                    StatusCode.RESOURCE_EXHAUSTED,
                    "no room for a photo of " + bytes + " bytes: photos.media.max-total-size is " + maxTotalBytes
                            + " bytes");
        }
    }

    private void writeFile(String mediaId, ByteString content) throws IOException {
        Path unfinished = Files.createTempFile(directory, mediaId, UNFINISHED);
        try {
            try (OutputStream out = Files.newOutputStream(unfinished)) {
                content.writeTo(out);
            }
            Files.move(unfinished, file(mediaId), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    /** Returns whether this call made the record; false if another call with the same photo was faster. */
    private boolean insert(PhotoInfo info) throws SQLException {
        String sql = "INSERT INTO photos (media_id, content_type, size_bytes) VALUES (?, ?, ?)";
        return database.write(connection -> {
            try (PreparedStatement insert = connection.prepareStatement(sql)) {
                insert.setString(1, info.getMediaId());
                insert.setString(2, info.getContentType());
                insert.setLong(3, info.getSizeBytes());
                insert.executeUpdate();
                return true;
            } catch (SQLIntegrityConstraintViolationException another) {
                return false;
            }
        });
    }

    /** @param mediaId 64 hexadecimal digits: it becomes a file's name */
    Optional<Photo> get(String mediaId) throws IOException, SQLException {
        Optional<PhotoInfo> info = find(mediaId);
        if (info.isEmpty()) {
            return Optional.empty();
        }
        // The array is this photo's alone, so it need not be copied.
        ByteString content = UnsafeByteOperations.unsafeWrap(Files.readAllBytes(file(mediaId)));
        return Optional.of(
                Photo.newBuilder().setInfo(info.get()).setContent(content).build());
    }

    private Optional<PhotoInfo> find(String mediaId) throws SQLException {
        String sql = "SELECT content_type, size_bytes FROM photos WHERE media_id = ?";
        return database.read(connection -> {
            try (PreparedStatement select = connection.prepareStatement(sql)) {
                select.setString(1, mediaId);
                try (ResultSet row = select.executeQuery()) {
                    if (!row.next()) {
                        return Optional.empty();
                    }
                    return Optional.of(PhotoInfo.newBuilder()
                            .setMediaId(mediaId)
                            .setContentType(row.getString(1))
                            .setSizeBytes(row.getLong(2))
                            .build());
                }
            }
        });
    }

    /** Bytes of all photos. */
    long totalBytes() {
        return totalBytes.get();
    }

    private Path file(String mediaId) {
        return directory.resolve(mediaId);
    }

    private static String hash(ByteString content) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (ByteBuffer part : content.asReadOnlyByteBufferList()) {
                sha256.update(part);
            }
            return HexFormat.of().formatHex(sha256.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
