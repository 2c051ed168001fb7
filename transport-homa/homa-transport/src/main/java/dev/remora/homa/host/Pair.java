package dev.remora.homa.host;

import dev.remora.dpdk.DpdkException;
import dev.remora.homa.net.Network.Resolution;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This transport and one other, from the first word to the end. Each pair has a thread, which opens the device, waits on the
 * control connection until the peer has gone, and closes the device.
 *
 * <p>The one that wants to talk makes a vhost device and says {@code HELLO <version> <id> <mtu> <engines>}: the numbers of those that
 * use its queues, such as {@code 0,1}. The other attaches a virtio_user device to it and answers {@code OK <engines>}, which are its
 * own, as many or fewer, {@code BUSY} (come again in a moment), or {@code NO} and why. If both begin at the same time, the one
 * with the larger id gives way.
 */
final class Pair implements Runnable {
    private static final int VERSION = 3;
    private static final long HANDSHAKE_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long GREETING_NS = TimeUnit.SECONDS.toNanos(2);
    private static final long PAUSE_MS = 10;
    private static final long REMINDER_NS = TimeUnit.SECONDS.toNanos(10);
    private static final int MAX_REASON = 300;
    private static final Logger log = LoggerFactory.getLogger(Pair.class);

    /** Where the pair is; changes under the network's lock. */
    enum State {
        CONNECTING,
        UP,
        GONE
    }

    /** Somebody who waits for the pair to be up. */
    record Waiter(dev.remora.spi.Endpoint server, Resolution outcome) {}

    private final HostNetwork network;
    /** Under the network's lock. */
    final List<Waiter> waiters = new ArrayList<>();

    private volatile @Nullable ControlChannel channel;
    /** The other's id; 0 until it said so. */
    volatile int peer;

    final boolean outgoing;
    /** Under the network's lock. */
    State state = State.CONNECTING;

    /** Under the network's lock. */
    boolean wasUp;

    /** The peer's own attempt goes on instead of this one. */
    volatile boolean superseded;

    /** Ways of packets; null before the device is open. */
    volatile @Nullable Lanes lanes;

    private volatile boolean ending;
    /** Ours and the peer's at the ends of each queue, as both have agreed. Its thread only. */
    private int[] engines = {};

    private int[] peersEngines = {};

    private Pair(HostNetwork network, int peer, boolean outgoing) {
        this.network = network;
        this.peer = peer;
        this.outgoing = outgoing;
    }

    static Pair to(HostNetwork network, int peer) {
        return new Pair(network, peer, true);
    }

    static Pair from(HostNetwork network, SocketChannel accepted) throws IOException {
        Pair pair = new Pair(network, 0, false);
        pair.channel = new ControlChannel(accepted);
        return pair;
    }

    /** Ends the pair; its thread does the rest. For any thread. */
    void end() {
        ending = true;
        ControlChannel now = channel;
        if (now != null) {
            now.close();
        }
    }

    @Override
    public void run() {
        HostDevice device = null;
        Lanes ways = null;
        String problem = "the transport was closed";
        try {
            device = outgoing ? call() : answer();
            if (device != null) {
                ways = lanes(device);
                lanes = ways;
                if (!ways.add(HANDSHAKE_NS)) {
                    problem = "its engine does not run";
                } else {
                    ControlChannel connected = connected();
                    if (!outgoing) {
                        connected.write("OK " + text(engines));
                    }
                    if (network.up(this)) {
                        connected.awaitEnd();
                        problem = "the peer has gone";
                    }
                }
            }
        } catch (ConnectException e) {
            problem = "the process that served this port has ended";
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            problem = String.valueOf(e.getMessage());
            if (!ending) {
                log.debug("pair with {} failed", HostFolder.name(peer), e);
            }
            refuse(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            network.gone(this);
            takeDown(device, ways);
            network.ended(this, problem);
        }
    }

    private Lanes lanes(HostDevice device) throws IOException {
        Bells bells;
        try {
            bells = Bells.open(network.folder().bellsOf(peer));
        } catch (NoSuchFileException e) {
            throw new IOException("the peer has gone", e);
        }
        return new Lanes(
                network.hostPorts(),
                device.queues(engines.length),
                peer,
                network.id(),
                engines,
                Arrays.stream(peersEngines).mapToObj(bells::of).toList());
    }

    /** Tells the peer why not. */
    private void refuse(Throwable reason) {
        ControlChannel now = channel;
        if (outgoing || now == null || ending) {
            return;
        }
        try {
            String why = String.valueOf(reason.getMessage()).replaceAll("[^ -~]", " ");
            now.write("NO " + why.substring(0, Math.min(MAX_REASON, why.length())));
        } catch (IOException e) {
            log.debug("the peer had gone before it could be told: {}", e.toString());
        }
    }

    private ControlChannel connected() throws IOException {
        ControlChannel now = channel;
        if (now == null || ending) {
            throw new IOException("the transport was closed");
        }
        return now;
    }

    // --- the one that calls ------------------------------------------------------------------------------------------

    /** Null when the peer's own attempt goes on instead. */
    private @Nullable HostDevice call() throws IOException, InterruptedException {
        long end = System.nanoTime() + HANDSHAKE_NS;
        int[] offered = network.hostPorts().choose(network.hostPorts().queues());
        HostDevice made = null;
        boolean done = false;
        try {
            while (!superseded) {
                ControlChannel now = connect();
                channel = now;
                if (made == null) {
                    connected();
                    made = HostDevice.making(
                            network.eal(),
                            network.settings(),
                            network.folder().deviceOf(network.id(), peer),
                            offered.length);
                }
                connected()
                        .write("HELLO " + VERSION + " " + HostFolder.name(network.id()) + " "
                                + network.settings().mtu() + " " + text(offered));
                String reply = now.line(Math.max(1, end - System.nanoTime()));
                if (reply == null) {
                    throw new IOException("the peer has gone");
                }
                if (reply.startsWith("OK ")) {
                    peersEngines = engines(reply.substring(3));
                    if (peersEngines.length > offered.length) {
                        throw new IOException("the peer has more queues than were offered: " + reply);
                    }
                    engines = Arrays.copyOf(offered, peersEngines.length);
                    awaitLink(made, end);
                    done = true;
                    return made;
                }
                now.close();
                if (!reply.startsWith("BUSY") && !superseded) {
                    throw new IOException("the peer refuses: " + reply);
                }
                if (System.nanoTime() - end > 0) {
                    throw new IOException("the peer was busy for too long");
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
            }
            return null;
        } finally {
            if (made != null && !done) {
                made.close();
            }
        }
    }

    private ControlChannel connect() throws IOException {
        Path socket = network.folder().socketOf(peer);
        if (!Files.exists(socket)) {
            throw new ConnectException(socket + " does not exist");
        }
        return ControlChannel.connect(socket);
    }

    private void awaitLink(HostDevice device, long end) throws IOException, InterruptedException {
        while (!device.isUp()) {
            connected();
            if (System.nanoTime() - end > 0) {
                throw new IOException("the device's link did not come up");
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    // --- the one that is called --------------------------------------------------------------------------------------

    /** Null when the caller said nothing, or is to come again. */
    private @Nullable HostDevice answer() throws IOException {
        ControlChannel now = connected();
        String greeting = now.line(GREETING_NS);
        if (greeting == null) {
            return null;
        }
        String[] words = greeting.split(" ", -1);
        if (words.length < 4 || !words[0].equals("HELLO")) {
            throw new IOException("not a greeting: " + greeting);
        }
        if (words.length != 5 || !words[1].equals(Integer.toString(VERSION))) {
            throw new IOException("this side speaks version " + VERSION + ", the caller " + words[1]
                    + "; run the same release of remora in both");
        }
        if (!words[3].equals(Integer.toString(network.settings().mtu()))) {
            throw new IOException("this side has an MTU of "
                    + network.settings().mtu() + ", the caller " + words[3] + "; set the same in both");
        }
        int caller = id(words[2]);
        if (!network.admit(this, caller)) {
            now.write("BUSY");
            return null;
        }
        peer = caller;
        int[] callers = engines(words[4]);
        engines = network.hostPorts()
                .choose(Math.min(callers.length, network.hostPorts().queues()));
        peersEngines = Arrays.copyOf(callers, engines.length);
        try {
            return HostDevice.using(
                    network.eal(), network.settings(), network.folder().deviceOf(caller, network.id()), engines.length);
        } catch (DpdkException e) {
            log.warn("no device for the peer {}: {}", HostFolder.name(caller), e.getMessage());
            throw e;
        }
    }

    private int id(String text) throws IOException {
        try {
            int id = Integer.parseInt(text.toLowerCase(Locale.ROOT), 16);
            if (id > 0 && id < 1 << 24 && (id & 1) == 0 && id != network.id()) {
                return id;
            }
        } catch (NumberFormatException e) {
            log.debug("{} is no number", text);
        }
        throw new IOException("not an id: " + text);
    }

    private static String text(int[] engines) {
        return Arrays.stream(engines).mapToObj(Integer::toString).collect(Collectors.joining(","));
    }

    private static int[] engines(String text) throws IOException {
        String[] numbers = text.split(",", -1);
        try {
            int[] engines = Arrays.stream(numbers).mapToInt(Integer::parseInt).toArray();
            if (engines.length <= HostPorts.MAX_QUEUES
                    && Arrays.stream(engines).allMatch(engine -> engine >= 0 && engine < Bells.ENGINES)) {
                return engines;
            }
        } catch (NumberFormatException e) {
            log.debug("{} are no numbers", text);
        }
        throw new IOException(
                "not 1 to " + HostPorts.MAX_QUEUES + " numbers of engines below " + Bells.ENGINES + ": " + text);
    }

    // --- the end -----------------------------------------------------------------------------------------------------

    private void takeDown(@Nullable HostDevice device, @Nullable Lanes ways) {
        end();
        if (device == null) {
            return;
        }
        if (ways != null) {
            ways.remove(REMINDER_NS);
        }
        try {
            device.close();
        } catch (RuntimeException e) {
            log.error("the device to the peer {} cannot be closed; its memory stays taken", HostFolder.name(peer), e);
        }
        if (outgoing) {
            network.folder().delete(network.folder().deviceOf(network.id(), peer));
        }
    }
}
