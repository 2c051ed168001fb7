package dev.remora.samples.discovery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The file that clients read their servers from; it is replaced as a whole, so that nobody reads half of it. */
final class ServerList {
    private final Path file;
    private final Map<String, String> addresses = new LinkedHashMap<>();

    ServerList(Path file) {
        this.file = file;
    }

    String target() {
        return "file://" + file;
    }

    void add(String name, String address) throws IOException {
        addresses.put(name, address);
        write();
    }

    void remove(String name) throws IOException {
        addresses.remove(name);
        write();
    }

    private void write() throws IOException {
        String text = addresses.entrySet().stream()
                .map(entry -> entry.getValue() + "  # " + entry.getKey() + "\n")
                .collect(Collectors.joining());
        Path next = Files.writeString(file.resolveSibling(file.getFileName() + ".next"), text);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
