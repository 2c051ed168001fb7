package dev.remora.samples.discovery;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.remora.runtime.guice.Channels;
import dev.remora.runtime.guice.RemoraModule;
import dev.remora.runtime.guice.RemoraNode;
import dev.remora.samples.discovery.v1.DiceRpc;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Servers as processes, the file that names them, and a client that reads it and calls all the time. */
final class Fleet implements AutoCloseable {
    private final Map<String, String> keys;
    private final Path folder;
    private final ServerList list;
    private final Map<String, ServerProcess> servers = new LinkedHashMap<>();
    private final RemoraNode client;
    private final Rolls rolls;

    /**
     * @param keys configuration of all processes, such as {@code remora.transport}
     * @param folder for the file and for logs
     */
    Fleet(Map<String, String> keys, String policy, int callsPerSecond, Path folder) {
        this.folder = folder;
        this.list = new ServerList(folder.resolve("dice.servers"));
        this.keys = new LinkedHashMap<>(keys);
        // Processes of one host find each other there over Homa: other ones have nothing to do with these.
        this.keys.put("remora.homa.host.folder", folder.resolve("homa").toString());
        Map<String, String> clientKeys = new LinkedHashMap<>(this.keys);
        clientKeys.put("remora.clients.dice.target", list.target());
        clientKeys.put("remora.clients.dice.balance.policy", policy);
        Config config =
                ConfigFactory.parseMap(clientKeys).withFallback(ConfigFactory.parseResources("dice-client.conf"));
        Injector injector = Guice.createInjector(new RemoraModule(config), new Transports());
        client = injector.getInstance(RemoraNode.class).start();
        rolls = new Rolls(
                DiceRpc.blockingStub(injector.getInstance(Channels.class).channel("dice")), callsPerSecond);
    }

    Rolls rolls() {
        return rolls;
    }

    /** Starts servers side by side, and puts each in the list once it serves. */
    void start(String... names) throws IOException {
        for (String name : names) {
            servers.put(name, ServerProcess.start(name, keys, folder.resolve(name + ".log")));
        }
        for (String name : names) {
            list.add(name, server(name).awaitAddress());
        }
    }

    /** Kills a server; the list goes on naming it. */
    void kill(String name) throws InterruptedException {
        server(name).kill();
    }

    /** Takes a server from the list. */
    void unlist(String name) throws IOException {
        list.remove(name);
    }

    /** Asks a server to end, after it was taken from the list. */
    void end(String name) throws IOException, InterruptedException {
        server(name).end();
    }

    private ServerProcess server(String name) {
        ServerProcess server = servers.get(name);
        if (server == null) {
            throw new IllegalArgumentException("there is no server " + name);
        }
        return server;
    }

    @Override
    public void close() {
        rolls.close();
        client.close();
        servers.values().forEach(ServerProcess::close);
    }
}
