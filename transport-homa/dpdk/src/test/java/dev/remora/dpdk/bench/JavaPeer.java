package dev.remora.dpdk.bench;

import dev.remora.dpdk.Eal;
import dev.remora.dpdk.EalConfig;
import dev.remora.dpdk.HugepagePolicy;
import dev.remora.dpdk.Lcore;
import dev.remora.dpdk.device.DeviceConfig;
import dev.remora.dpdk.device.VhostDevice;
import dev.remora.dpdk.device.VirtioUserDevice;
import dev.remora.dpdk.memory.MbufPool;
import dev.remora.dpdk.memory.PoolConfig;
import dev.remora.dpdk.port.Port;
import dev.remora.dpdk.port.PortConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The twin of {@code frame_peer.c}: the same modes, the same steps and the same output, through this module's API.
 *
 * <p>{@code JavaPeer vhost|virtio SOCKET huge|no-huge PREFIX MODE ARGUMENTS}
 */
public final class JavaPeer {
    private static final int POOL_MBUFS = 8_192;
    private static final int POOL_CACHE = 256;
    private static final int DESCRIPTORS = 1_024;
    private static final int MTU = 1_500;
    private static final int HEADER = 14;

    private JavaPeer() {}

    /** The command that runs it. */
    static List<String> command(Place place, List<String> flags, List<String> mode) {
        List<String> command = new ArrayList<>(place.pinning());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=deny",
                "--illegal-native-access=deny",
                "-Xms256m",
                "-Xmx256m"));
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), JavaPeer.class.getName()));
        command.addAll(List.of(
                place.server() ? "vhost" : "virtio",
                place.socket().toString(),
                place.hugepages() ? "huge" : "no-huge",
                place.prefix()));
        command.addAll(mode);
        return command;
    }

    public static void main(String[] args) {
        if (args.length < 5) {
            System.err.println("JavaPeer vhost|virtio SOCKET huge|no-huge PREFIX MODE ARGUMENTS");
            System.exit(2);
        }
        Path socket = Path.of(args[1]);
        DeviceConfig device = args[0].equals("vhost")
                ? VhostDevice.at(socket).withTso(false)
                : VirtioUserDevice.at(socket).withQueueSize(DESCRIPTORS);
        EalConfig config = EalConfig.builder()
                .memoryMb(64)
                .hugepages(args[2].equals("huge") ? HugepagePolicy.REQUIRED : HugepagePolicy.NONE)
                .filePrefix(args[3])
                .device(device)
                .build();
        try (Eal eal = Eal.start(config)) {
            MbufPool pool = eal.createPool(PoolConfig.of("frames", POOL_MBUFS).withCacheSize(POOL_CACHE));
            Port port = eal.port(device.name());
            port.configure(
                    PortConfig.builder()
                            .rxDescriptors(DESCRIPTORS)
                            .txDescriptors(DESCRIPTORS)
                            .mtu(MTU)
                            .build(),
                    pool);
            port.start();
            try (Lcore lcore = eal.registerThread()) {
                System.err.println("lcore " + lcore.id());
                say("ready");
                FrameLoops loops = new FrameLoops(port, pool);
                run(loops, Arrays.copyOfRange(args, 4, args.length));
                port.stop();
            }
        }
    }

    private static void run(FrameLoops loops, String[] mode) {
        switch (mode[0]) {
            case "ping" -> loops.ping(number(mode[1], 1), size(mode[2]), number(mode[3], 1));
            case "echo" -> loops.echo(seconds(mode[1]));
            case "send" -> loops.send(size(mode[1]), seconds(mode[2]));
            case "receive" -> loops.receive(seconds(mode[1]));
            default -> throw new IllegalArgumentException("no mode " + mode[0]);
        }
    }

    static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private static int number(String text, int least) {
        int value = Integer.parseInt(text);
        if (value < least) {
            throw new IllegalArgumentException(text + " is less than " + least);
        }
        return value;
    }

    private static int size(String text) {
        int size = number(text, 60);
        if (size > MTU + HEADER) {
            throw new IllegalArgumentException("SIZE must be at most " + (MTU + HEADER) + ", is " + size);
        }
        return size;
    }

    private static long seconds(String text) {
        return number(text, 1) * 1_000_000_000L;
    }
}
