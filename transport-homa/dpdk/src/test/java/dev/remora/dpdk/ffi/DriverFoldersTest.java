package dev.remora.dpdk.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriverFoldersTest {
    @TempDir
    private Path folder;

    @Test
    void aDriverThatIsInNoFolderIsMissing() throws IOException {
        String file = "librte_net_vhost.so." + Libraries.loadedAbi();
        assertThat(DriverFolders.missing("librte_net_vhost", List.of(folder))).isEqualTo(file);
        Files.createFile(folder.resolve(file));
        assertThat(DriverFolders.missing("librte_net_vhost", List.of(folder))).isNull();
        assertThat(DriverFolders.missing("librte_net_virtio", List.of(folder))).startsWith("librte_net_virtio.so.");
    }

    @Test
    void whereNoFolderIsKnownNothingIsSaidToBeMissing() {
        assertThat(DriverFolders.missing("librte_net_vhost", List.of())).isNull();
    }

    @Test
    void packagesAreNamedAsDebianDoes() {
        assertThat(Packages.ofLibrary("librte_net_af_packet"))
                .isEqualTo("librte-net-af-packet" + Libraries.loadedAbi());
    }
}
