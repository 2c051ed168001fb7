package dev.remora.homa;

import dev.remora.contract.Patience;
import dev.remora.homa.link.socket.Machine;
import dev.remora.homa.link.socket.Namespaces;
import dev.remora.homa.net.packet.EthernetHeader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

/** What tcpdump saw, and files of the same form: classic little-endian pcap of Ethernet. */
final class Capture implements AutoCloseable {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int FILE_HEADER = 24;
    private static final int PACKET_HEADER = 16;

    private final Path file;
    private final Process tcpdump;

    private Capture(Path file, Process tcpdump) {
        this.file = file;
        this.tcpdump = tcpdump;
    }

    /** Everything on a namespace's interface from now on; skips the test without tcpdump. */
    static Capture start(Namespaces.Space space, Path file) throws IOException {
        if (Machine.run(List.of("tcpdump", "--version")).status() != 0) {
            Machine.skip("tcpdump is not installed (package tcpdump)");
        }
        Process tcpdump = new ProcessBuilder(
                        "ip",
                        "netns",
                        "exec",
                        space.interfaceName(),
                        "tcpdump",
                        "-i",
                        space.interfaceName(),
                        "-U",
                        "--immediate-mode",
                        "-B",
                        "65536",
                        "-Z",
                        "root",
                        "-w",
                        file.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        CompletableFuture<Boolean> listening = new CompletableFuture<>();
        BufferedReader says = tcpdump.errorReader(StandardCharsets.UTF_8);
        Thread.ofPlatform().daemon().name("tcpdump says").start(() -> {
            List<String> lines = says.lines()
                    .peek(line -> {
                        if (line.contains("listening on")) {
                            listening.complete(true);
                        }
                    })
                    .toList();
            listening.completeExceptionally(new AssertionError("tcpdump ended: " + lines));
        });
        Capture capture = new Capture(file, tcpdump);
        try {
            Patience.await(listening, "tcpdump listens");
        } catch (Throwable e) {
            capture.close();
            throw e;
        }
        return capture;
    }

    /** Packets so far, from behind the Ethernet header and its tag on. */
    List<byte[]> packets() throws IOException {
        return packets(Files.readAllBytes(file));
    }

    /** What tcpdump says of them, a text for each packet. */
    List<String> explained() {
        Machine.Output output =
                Machine.run(List.of("tcpdump", "-vvv", "-n", "-tt", "-r", file.toString(), "ip or ip6"));
        if (output.status() != 0) {
            throw new AssertionError(output.text());
        }
        List<String> texts = new ArrayList<>();
        for (String line : output.text().lines().toList()) {
            if (line.matches("\\d+\\.\\d+ IP6? .*")) {
                texts.add(line);
            } else if (!texts.isEmpty()) {
                texts.add(texts.removeLast() + " " + line.strip());
            }
        }
        return texts;
    }

    /** What tcpdump says of tagged IPv4 packets and their frames, the first line for each. */
    List<String> explainedTags() {
        Machine.Output output =
                Machine.run(List.of("tcpdump", "-e", "-v", "-n", "-tt", "-r", file.toString(), "vlan and ip"));
        if (output.status() != 0) {
            throw new AssertionError(output.text());
        }
        return output.text()
                .lines()
                .filter(line -> line.contains("ethertype 802.1Q"))
                .toList();
    }

    /** A compressed file. */
    static List<byte[]> read(Path compressed) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(compressed))) {
            return packets(in.readAllBytes());
        }
    }

    private static List<byte[]> packets(byte[] file) {
        MemorySegment m = MemorySegment.ofArray(file);
        if (m.get(INT, 0) != 0xa1b2c3d4) {
            throw new IllegalStateException("no capture with times in microseconds");
        }
        List<byte[]> packets = new ArrayList<>();
        long at = FILE_HEADER;
        // The last one may be on its way into the file.
        while (at + PACKET_HEADER <= file.length && at + PACKET_HEADER + m.get(INT, at + 8) <= file.length) {
            int captured = m.get(INT, at + 8);
            long from = at + PACKET_HEADER;
            int header = EthernetHeader.bytes(m, from);
            packets.add(m.asSlice(from + header, captured - header).toArray(ValueLayout.JAVA_BYTE));
            at += PACKET_HEADER + captured;
        }
        return packets;
    }

    /** Ends the recording; what was seen stays. */
    @Override
    public void close() {
        tcpdump.destroy();
        try {
            if (!tcpdump.waitFor(Patience.BOUND_S, TimeUnit.SECONDS)) {
                tcpdump.destroyForcibly();
                throw new AssertionError("tcpdump does not end");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
