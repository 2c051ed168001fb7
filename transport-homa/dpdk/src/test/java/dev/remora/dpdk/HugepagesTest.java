package dev.remora.dpdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HugepagesTest {
    @TempDir
    private Path root;

    private void pool(long sizeKb, int free, int total) throws IOException {
        Path folder = Files.createDirectories(root.resolve("hugepages-" + sizeKb + "kB"));
        Files.writeString(folder.resolve("free_hugepages"), free + "\n");
        Files.writeString(folder.resolve("nr_hugepages"), total + "\n");
    }

    private Hugepages count() {
        return Hugepages.count(root, root.resolve("meminfo"));
    }

    @Test
    void pagesOfOneSizeHaveToSuffice() throws IOException {
        pool(2_048, 32, 40);
        assertThat(count().suffice(64)).isTrue();
        assertThat(count().suffice(65)).isFalse();
        pool(1_048_576, 1, 1);
        assertThat(count().suffice(1_024)).isTrue();
        assertThat(count().suffice(1_025)).isFalse();
    }

    @Test
    void theMessageCountsThemAndNamesTheCommand() throws IOException {
        pool(2_048, 3, 500);
        DpdkException refusal = count().insufficient(256);
        assertThat(refusal.problem()).contains("256 MB").contains("3 of 500 pages of 2048 kB");
        // 497 are in use by others, 128 are wanted here.
        assertThat(refusal.remedy()).contains("sudo sysctl vm.nr_hugepages=625").contains("HugepagePolicy.NONE");
    }

    @Test
    void aSmallWishAsksForAUsefulNumber() throws IOException {
        pool(2_048, 0, 0);
        assertThat(count().insufficient(64).remedy()).contains("sudo sysctl vm.nr_hugepages=256");
    }

    @Test
    void whereSysIsHiddenTheMemoryListCounts() throws IOException {
        Files.writeString(root.resolve("meminfo"), """
                MemTotal:       24684000 kB
                HugePages_Total:      64
                HugePages_Free:       40
                HugePages_Rsvd:        0
                Hugepagesize:       2048 kB
                """);
        Hugepages pages = Hugepages.count(root.resolve("none"), root.resolve("meminfo"));
        assertThat(pages.suffice(80)).isTrue();
        assertThat(pages.suffice(81)).isFalse();
    }

    @Test
    void aKernelWithoutHugepagesHasNone() {
        Hugepages pages = Hugepages.count(root.resolve("none"), root.resolve("none"));
        assertThat(pages.suffice(16)).isFalse();
        assertThat(pages.insufficient(16)).hasMessageContaining("none");
    }
}
