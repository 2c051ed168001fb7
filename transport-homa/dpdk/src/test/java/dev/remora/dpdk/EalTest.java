package dev.remora.dpdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.remora.dpdk.ffi.Libraries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** DPDK's environment, which can be started once per process: one process runs all checks, each is reported. */
class EalTest {
    private static final String NOBODY = "65534";

    @TempDir
    private Path folder;

    @BeforeEach
    void needsDpdk() {
        assumeTrue(Dpdk.isAvailable(), "DPDK is not installed");
    }

    @TestFactory
    Stream<DynamicTest> asThisUser() {
        return reported(ChildJvm.run(EalProgram.class, folder.toString()));
    }

    @Test
    void whatIsLinkedBeforehandIsThere() {
        ClassLoader loader = Eal.class.getClassLoader();
        assertThat(Eal.CALLS)
                .isNotEmpty()
                .allSatisfy(name -> assertThat(Class.forName(name, false, loader))
                        .hasPackage(name.substring(0, name.lastIndexOf('.'))));
    }

    /** As a user who may nothing, and with the libraries' folder named, so that EAL is told of the drivers there. */
    @TestFactory
    Stream<DynamicTest> asAnOrdinaryUser() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can become another user");
        Path classes = readableClasses();
        Path sockets = Files.createDirectory(folder.resolve("sockets"));
        Files.setPosixFilePermissions(sockets, PosixFilePermissions.fromString("rwxrwxrwx"));
        List<String> asNobody = List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");
        List<String> flags = List.of("-D" + Dpdk.PATH_PROPERTY + "=" + librariesFolder());
        try (ChildJvm child =
                ChildJvm.start(asNobody, flags, classes.toString(), EalProgram.class, sockets.toString())) {
            return reported(child.await());
        }
    }

    @Test
    void onlyWhatDpdkItselfRefusesUsesUpTheOnlyStart() {
        ChildJvm.Result result = ChildJvm.run(StartProgram.class, folder.toString());
        assertThat(result.exitCode()).as(result.stderr()).isZero();
        List<String> lines = result.stdout().lines().toList();
        assertThat(lines).as(result.stdout() + result.stderr()).hasSize(7);
        assertThat(lines.get(0))
                .startsWith("interface DpdkException problem=net_af_packet0 cannot be opened: ")
                .contains("interface nosuch0 does not exist")
                .contains("remedy=create it first");
        assertThat(lines.get(1))
                .startsWith("peer DeviceNotReadyException")
                .contains("there is no socket " + folder.resolve("s") + " yet")
                .contains("remedy=the vhost side must come first");
        assertThat(lines.get(2)).startsWith("folder DpdkException").contains(folder.resolve("none") + " ");
        assertThat(lines.get(3))
                .startsWith("cpus DpdkException")
                .contains("may not use: 1023")
                .contains("remedy=choose from " + CpuList.format(CpuList.allowed()));
        assertThat(lines.get(4))
                .startsWith("hugepages DpdkException")
                .contains("262144 MB in hugepages, but free are ")
                .contains("sudo sysctl vm.nr_hugepages=")
                .contains("HugepagePolicy.NONE");
        assertThat(lines.get(5))
                .startsWith("driver DpdkException problem=DPDK did not start")
                .contains("DPDK says: ")
                .contains("net_nosuch0")
                .contains("--no-pci");
        assertThat(lines.get(6))
                .startsWith("second DpdkException problem=DPDK can be started once in a process, and was before: ")
                .contains("net_nosuch0")
                .contains("remedy=share the first Eal");
    }

    private static Stream<DynamicTest> reported(ChildJvm.Result result) {
        String all = result.stdout() + result.stderr();
        List<String> lines = result.stdout().lines().toList();
        return Stream.concat(
                EalProgram.ALL.stream()
                        .map(name -> DynamicTest.dynamicTest(
                                name, () -> assertThat(lines).as(all).contains(EalProgram.PASSED + name))),
                Stream.of(DynamicTest.dynamicTest(
                        "the process ends well",
                        () -> assertThat(result.exitCode()).as(all).isZero())));
    }

    /** This module's classes where anybody can read them; a checkout may lie in somebody's home. */
    private Path readableClasses() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path copy = folder.resolve("classes");
        for (String entry : System.getProperty("java.class.path").split(":")) {
            Path from = Path.of(entry);
            if (Files.isDirectory(from)) {
                copy(from, copy);
            }
        }
        return copy;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private static String librariesFolder() {
        String library = "librte_ethdev.so." + Libraries.loadedAbi();
        for (String folder :
                List.of("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib")) {
            if (Files.exists(Path.of(folder, library))) {
                return folder;
            }
        }
        assumeTrue(false, "DPDK's folder is not known");
        return "";
    }
}
