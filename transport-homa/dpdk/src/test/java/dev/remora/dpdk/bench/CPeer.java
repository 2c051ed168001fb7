package dev.remora.dpdk.bench;

import dev.remora.dpdk.CTools;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The reference in C, {@code src/test/c/frame_peer.c}: compiles and starts it. */
final class CPeer {
    private final Path binary;

    private CPeer(Path binary) {
        this.binary = binary;
    }

    /**
     * Compiles it as DPDK's own programs are, for the CPU at hand.
     *
     * @param folder where the binary goes
     */
    static CPeer compile(Path folder) {
        String missing = CTools.missing();
        if (missing != null) {
            throw new IllegalStateException("the C program cannot be compiled: " + missing);
        }
        Path binary = folder.resolve("frame_peer");
        List<String> command = new ArrayList<>(List.of("gcc", "-std=gnu11", "-Wall", "-Wextra"));
        command.addAll(CTools.headerFlags());
        // Behind pkg-config's flags, which ask for an old CPU.
        command.addAll(List.of("-O3", "-march=native", "-o", binary.toString(), source().toString()));
        command.addAll(CTools.linkFlags());
        CTools.Result compiled = CTools.run(command);
        if (compiled.status() != 0) {
            throw new IllegalStateException(String.join(" ", command) + "\n" + compiled.output());
        }
        return new CPeer(binary);
    }

    private static Path source() {
        try {
            Path classes = Path.of(CPeer.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path source = classes.resolve("../../src/test/c/frame_peer.c").normalize();
            if (!Files.exists(source)) {
                throw new IllegalStateException(source + " does not exist");
            }
            return source;
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The command that runs it.
     *
     * @param place where it runs
     * @param mode mode and its arguments
     */
    List<String> command(Place place, List<String> mode) {
        List<String> command = new ArrayList<>(place.pinning());
        command.add(binary.toString());
        // EAL would undo the pinning: its only lcore is told the same CPU.
        command.addAll(List.of("--lcores", "0@" + place.cpu(), "-m", "64"));
        command.addAll(
                place.hugepages()
                        ? List.of("--in-memory", "--single-file-segments")
                        : List.of("--no-huge", "--no-shconf", "--file-prefix=" + place.prefix()));
        command.addAll(List.of("--no-pci", "--no-telemetry", "--log-level=4", "--vdev=" + device(place), "--"));
        command.addAll(mode);
        return command;
    }

    private static String device(Place place) {
        return place.server()
                ? "net_vhost0,iface=" + place.socket() + ",queues=1"
                : "net_virtio_user0,path=" + place.socket() + ",queues=1,queue_size=1024";
    }
}
