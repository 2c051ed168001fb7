package dev.remora.dpdk.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.remora.dpdk.CTools;
import dev.remora.dpdk.Dpdk;
import dev.remora.dpdk.DpdkException;
import dev.remora.dpdk.DpdkVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the user is told when DPDK is not where it should be; made-up libraries stand for the releases. */
class LibrariesTest {
    @TempDir
    private Path folder;

    @Test
    void anEmptyFolderIsNamedWithWhatWasLookedForAndWhatToInstall() {
        DpdkException thrown = failure();
        assertThat(thrown.problem()).isEqualTo("no DPDK in " + folder + " (looked for librte_ethdev.so.23, 24 and 25)");
        assertThat(thrown.remedy()).contains("apt-get install", "librte-eal23", "librte-ethdev23", "22.11");
        assertThat(thrown).hasMessageContainingAll(thrown.problem(), thrown.remedy());
    }

    @Test
    void aFolderThatDoesNotExistIsLikeAnEmptyOne() {
        Path nowhere = folder.resolve("nowhere");
        assertThatThrownBy(() -> Libraries.find(nowhere.toString(), List.of()))
                .isInstanceOf(DpdkException.class)
                .hasMessageStartingWith("no DPDK in " + nowhere);
    }

    @Test
    void anotherReleaseIsNamedByItsFile() throws IOException {
        Path other = Files.createFile(folder.resolve("librte_ethdev.so.26"));
        DpdkException thrown = failure();
        assertThat(thrown.problem()).contains("unsupported version of DPDK", other.toString());
        assertThat(thrown.remedy()).contains("22.11", "23.11", "24.11", "-D" + Dpdk.PATH_PROPERTY + "=");
    }

    @Test
    void aFileThatIsNoLibraryIsNamed() throws IOException {
        Path text = Files.writeString(folder.resolve("librte_ethdev.so.23"), "no library");
        DpdkException thrown = failure();
        assertThat(thrown.problem()).contains("cannot be loaded", text + " does not open");
        assertThat(thrown.remedy()).isNotEmpty();
    }

    @Test
    void theChosenFolderAloneCounts() throws IOException {
        Path usual = Files.createDirectory(folder.resolve("usual"));
        Files.writeString(usual.resolve("librte_ethdev.so.23"), "no library");
        Path chosen = Files.createDirectory(folder.resolve("chosen"));
        assertThatThrownBy(() -> Libraries.find(chosen.toString(), List.of(usual.toString())))
                .isInstanceOf(DpdkException.class)
                .hasMessageStartingWith("no DPDK in " + chosen);
    }

    @Test
    void aLibraryWithoutAVersionIsNotDpdk() throws IOException {
        Path library = library(23, "int nothing;");
        DpdkException thrown = failure();
        assertThat(thrown.problem()).isEqualTo(library + " is not DPDK: it has no rte_version");
        assertThat(thrown.remedy()).contains("-Ddev.remora.dpdk.path=FOLDER");
    }

    @Test
    void aLibraryOfAnUnknownReleaseIsRefusedByWhatItSays() throws IOException {
        Path library = library(25, "const char *rte_version(void) { return \"DPDK 25.11.0\"; }");
        DpdkException thrown = failure();
        assertThat(thrown.problem()).contains("unsupported version of DPDK", "DPDK 25.11.0", library.toString());
        assertThat(thrown.remedy()).contains("22.11", "23.11", "24.11");
    }

    @Test
    void theLayoutIsChosenByWhatTheLibrarySays() throws IOException {
        Path library = library(24, "const char *rte_version(void) { return \"DPDK 23.11.3-rc1\"; }");
        Libraries found = Libraries.find(folder.toString(), List.of());
        assertThat(found.version()).isEqualTo(DpdkVersion.V23_11);
        assertThat(found.versionText()).isEqualTo("DPDK 23.11.3-rc1");
        assertThat(found.place()).isEqualTo(library.toString());
        assertThat(found.layout().version()).isEqualTo(DpdkVersion.V23_11);
    }

    @Test
    void theNewestOfSeveralIsTaken() throws IOException {
        library(23, "const char *rte_version(void) { return \"DPDK 22.11.11\"; }");
        Path newest = library(25, "const char *rte_version(void) { return \"DPDK 24.11.1\"; }");
        assertThat(Libraries.find(folder.toString(), List.of()).place()).isEqualTo(newest.toString());
    }

    @Test
    void anOlderReleaseIsTakenWhereTheNewerDoesNotOpen() throws IOException {
        Files.writeString(folder.resolve("librte_ethdev.so.25"), "no library");
        Path older = library(23, "const char *rte_version(void) { return \"DPDK 22.11.11\"; }");
        assertThat(Libraries.find(folder.toString(), List.of()).place()).isEqualTo(older.toString());
    }

    private DpdkException failure() {
        DpdkException thrown =
                catchThrowableOfType(DpdkException.class, () -> Libraries.find(folder.toString(), List.of()));
        assertThat(thrown).isNotNull();
        return thrown;
    }

    private Path library(int abi, String source) throws IOException {
        String missing = CTools.missingCompiler();
        Assumptions.assumeTrue(missing == null, () -> "no library can be made: " + missing);
        Path code = Files.writeString(folder.resolve("made" + abi + ".c"), source);
        Path library = folder.resolve("librte_ethdev.so." + abi);
        CTools.Result compiled =
                CTools.run(List.of("gcc", "-shared", "-fPIC", "-o", library.toString(), code.toString()));
        assertThat(compiled.status()).as(compiled.output()).isZero();
        return library;
    }
}
