package dev.remora.samples.photos.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import dev.remora.samples.photos.node.Database;
import dev.remora.samples.photos.v1.Photo;
import dev.remora.samples.photos.v1.PhotoInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MediaStoreTest {
    private static final long ROOM = 1_000_000;

    @TempDir
    private Path directory;

    private Database database;
    private MediaStore store;

    @BeforeEach
    void open() throws Exception {
        database = Database.open(directory, "media", 4, MediaStore.SCHEMA);
        store = MediaStore.open(database, directory.resolve("photos"), ROOM);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static ByteString bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    @Test
    void givesBackTheSameBytes() throws Exception {
        ByteString content = bytes(300_000);
        PhotoInfo info = store.put("image/png", content);

        Photo photo = store.get(info.getMediaId()).orElseThrow();

        assertThat(photo.getContent()).isEqualTo(content);
        assertThat(photo.getInfo()).isEqualTo(info);
        assertThat(info.getSizeBytes()).isEqualTo(300_000);
    }

    @Test
    void namesAPhotoByItsSha256() throws Exception {
        assertThat(store.put("image/png", ByteString.copyFromUtf8("abc")).getMediaId())
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void storesTheSameBytesOnce() throws Exception {
        PhotoInfo first = store.put("image/png", bytes(1000));

        assertThat(store.put("image/png", bytes(1000))).isEqualTo(first);
        assertThat(store.totalBytes()).isEqualTo(1000);
    }

    @Test
    void refusesWhatDoesNotFit() throws Exception {
        store.put("image/png", bytes(900_000));

        assertThatThrownBy(() -> store.put("image/png", bytes(100_001)))
                .isInstanceOfSatisfying(
                        RpcException.class, e -> assertThat(e.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED));
        assertThat(store.put("image/png", bytes(100_000)).getSizeBytes()).isEqualTo(100_000);
    }

    @Test
    void knowsWhatItHoldsAndDropsUnfinishedUploadsWhenItIsOpenedAgain() throws Exception {
        store.put("image/png", bytes(1000));
        Path unfinished = directory.resolve("photos").resolve("abc123.unfinished");
        Files.write(unfinished, new byte[10]);
        database.close();

        open();

        assertThat(store.totalBytes()).isEqualTo(1000);
        try (Stream<Path> files = Files.list(directory.resolve("photos"))) {
            assertThat(files).hasSize(1).doesNotContain(unfinished);
        }
    }
}
