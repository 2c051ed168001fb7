package dev.remora.runtime.resolve;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a file of addresses: one {@code host:port} per line, with {@code weight=N} and {@code priority=N} if wanted; blank lines
 * and what follows a {@code #} say nothing. It is taken as a whole or not at all: a line that cannot be read, or no
 * address, is a failure, for it is more likely that somebody is just writing it than that all servers are gone.
 */
final class FileLookup implements PollingResolver.Lookup {
    private static final Logger LOG = LoggerFactory.getLogger(FileLookup.class);
    private static final int MAX_BYTES = 1 << 20;

    private final Path file;
    private final long intervalNs;
    private @Nullable WatchService watch;

    FileLookup(Path file, long intervalNs) {
        this.file = file;
        this.intervalNs = intervalNs;
    }

    @Override
    public void open(Runnable changed) {
        Path folder = file.getParent();
        if (folder == null) {
            return;
        }
        try {
            WatchService service = folder.getFileSystem().newWatchService();
            watch = service;
            // The folder, for the file itself is often replaced by a rename; any change in it, for it may be a link.
            folder.register(
                    service,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_MODIFY,
                    StandardWatchEventKinds.ENTRY_DELETE);
            Thread.ofVirtual().name("remora-file-watch " + file).start(() -> tell(service, changed));
        } catch (IOException e) {
            LOG.warn("{} cannot be watched and is read at intervals only (remora.resolve.file.interval)", file, e);
        }
    }

    private static void tell(WatchService service, Runnable changed) {
        try {
            while (true) {
                WatchKey key = service.take();
                key.pollEvents();
                changed.run();
                if (!key.reset()) {
                    return; // the folder is gone: what is left is the interval
                }
            }
        } catch (ClosedWatchServiceException e) {
            LOG.trace("the watch of a file ends", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public PollingResolver.Found look() throws ResolveFailure {
        return new PollingResolver.Found(parse(read()), intervalNs);
    }

    private String read() throws ResolveFailure {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new ResolveFailure(file + " has more than " + MAX_BYTES + " bytes", null);
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new ResolveFailure("there is no file " + file, e);
        } catch (IOException e) {
            throw new ResolveFailure(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private List<ServerAddress> parse(String text) throws ResolveFailure {
        Map<Object, ServerAddress> addresses = new LinkedHashMap<>();
        String[] lines = text.split("\r?\n", -1);
        for (int i = 0; i < lines.length; i++) {
            int hash = lines[i].indexOf('#');
            String line = (hash < 0 ? lines[i] : lines[i].substring(0, hash)).strip();
            if (line.isEmpty()) {
                continue;
            }
            try {
                ServerAddress address = ServerAddress.parse(line);
                if (addresses.put(address.endpoint(), address) != null) {
                    throw new IllegalArgumentException(address.endpoint() + " stands there twice");
                }
            } catch (IllegalArgumentException e) {
                throw new ResolveFailure(file + ":" + (i + 1) + ": " + e.getMessage(), e);
            }
        }
        if (addresses.isEmpty()) {
            throw new ResolveFailure(file + " has no address in it", null);
        }
        return new ArrayList<>(addresses.values());
    }

    @Override
    public void close() {
        if (watch != null) {
            try {
                watch.close();
            } catch (IOException e) {
                LOG.warn("the watch of {} cannot be closed", file, e);
            }
        }
    }
}
