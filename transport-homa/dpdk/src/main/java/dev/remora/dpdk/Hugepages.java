package dev.remora.dpdk;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Free hugepages, as the kernel says. */
final class Hugepages {
    private static final Path SIZES = Path.of("/sys/kernel/mm/hugepages");
    private static final Pattern SIZE = Pattern.compile("hugepages-(\\d+)kB");

    private Hugepages() {}

    /** MiB in free hugepages of all sizes; 0 if there are none or it cannot be told. */
    static long freeMb() {
        return freeMb(SIZES);
    }

    static long freeMb(Path sizes) {
        long freeKb = 0;
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(sizes)) {
            for (Path folder : folders) {
                Matcher size = SIZE.matcher(String.valueOf(folder.getFileName()));
                if (size.matches()) {
                    long pages = Long.parseLong(
                            Files.readString(folder.resolve("free_hugepages")).strip());
                    freeKb += pages * Long.parseLong(size.group(1));
                }
            }
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
        return freeKb / 1_024;
    }
}
