package dev.remora.samples.photos.demo;

import dev.remora.samples.photos.media.MediaMain;
import dev.remora.samples.photos.posts.PostsMain;
import dev.remora.samples.photos.timeline.TimelineMain;
import dev.remora.samples.photos.users.UsersMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Each service in a JVM of its own, on free loopback ports. For use by any thread. */
final class ChildProcesses implements PhotoSystem {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration END_TIMEOUT = Duration.ofSeconds(5);
    private static final Map<String, Class<?>> MAINS = Map.of(
            "users", UsersMain.class,
            "posts", PostsMain.class,
            "media", MediaMain.class,
            "timeline", TimelineMain.class);

    private final String transport;
    private final Path dataDirectory;
    private final Path logDirectory;
    private final Map<String, ServiceProcess> processes = new LinkedHashMap<>();
    private final Map<String, String> addresses = new LinkedHashMap<>();
    private boolean closed;

    private ChildProcesses(String transport, Path dataDirectory, Path logDirectory) {
        this.transport = transport;
        this.dataDirectory = dataDirectory;
        this.logDirectory = logDirectory;
    }

    /** A system of which nothing runs yet: register it for clean-up, then call {@link #startAll}. */
    static ChildProcesses create(String transport, Path dataDirectory, Path logDirectory) {
        return new ChildProcesses(transport, dataDirectory, logDirectory);
    }

    /**
     * Starts all and waits until they serve.
     *
     * @throws IllegalStateException if one does not; the message names its log
     */
    void startAll() throws IOException, InterruptedException {
        // Only timeline needs to know others, so the rest may start side by side.
        for (String service : SERVICES) {
            if (!service.equals("timeline")) {
                launch(service, "127.0.0.1:0");
            }
        }
        for (String service : SERVICES) {
            if (service.equals("timeline")) {
                launch(service, "127.0.0.1:0");
            }
            awaitReady(service);
        }
    }

    private synchronized void launch(String service, String address) throws IOException {
        if (closed) {
            throw new IllegalStateException("the demo is ending");
        }
        Map<String, String> keys = ServiceOverrides.of(service, transport, dataDirectory, addresses);
        keys.put("remora.server.address", address);
        Path log = logDirectory.resolve(service + ".log");
        if (Files.notExists(log)) {
            Files.createFile(log);
        }
        Class<?> main = MAINS.get(service);
        if (main == null) {
            throw new IllegalArgumentException("there is no service " + service);
        }
        processes.put(service, ServiceProcess.start(service, main, keys, log));
    }

    private void awaitReady(String service) throws InterruptedException {
        String address = process(service).awaitReady(START_TIMEOUT);
        synchronized (this) {
            addresses.put(service, address);
        }
    }

    private synchronized ServiceProcess process(String service) {
        ServiceProcess process = processes.get(service);
        if (process == null) {
            throw new IllegalStateException(service + " was never started");
        }
        return process;
    }

    /** Kills a service as by {@code kill -9}; returns the id of the process that is gone. */
    long kill(String service) throws InterruptedException {
        ServiceProcess process = process(service);
        process.kill();
        return process.pid();
    }

    /** Starts a killed service again, at the address it had, and waits until it serves. */
    void restart(String service) throws IOException, InterruptedException {
        String address = addresses().get(service);
        if (address == null) {
            throw new IllegalStateException(service + " was never ready");
        }
        launch(service, address);
        awaitReady(service);
    }

    /** A service that ended although nobody told it to. */
    synchronized Optional<String> firstDead() {
        return processes.entrySet().stream()
                .filter(entry -> !entry.getValue().isAlive())
                .map(Map.Entry::getKey)
                .findFirst();
    }

    @Override
    public synchronized Map<String, String> addresses() {
        return Map.copyOf(addresses);
    }

    synchronized long pid(String service) {
        return process(service).pid();
    }

    synchronized Optional<String> metricsUrl(String service) {
        return process(service).metricsUrl();
    }

    @Override
    public synchronized void close() {
        closed = true;
        processes.values().forEach(ServiceProcess::askToEnd);
        processes.values().forEach(process -> process.awaitEnd(END_TIMEOUT));
        processes.clear();
    }
}
