package dev.remora.runtime.balance;

import dev.remora.api.CallOptions;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.resolve.NameResolver;
import dev.remora.runtime.resolve.ServerAddress;
import dev.remora.runtime.time.ManualTime;
import dev.remora.spi.Endpoint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.SplittableRandom;

/**
 * Clients with a balancer each and servers with a queue each, in virtual time: calls arrive at random (Poisson) and take
 * exponential times at the servers, which work on a few at once. The same seed gives the same run.
 */
final class BalanceSimulation {
    private static final double MS = 1e6;
    private static final long NETWORK_NS = 100_000;

    /** What is wrong with server 0. */
    enum Trouble {
        NOTHING,
        /** It takes ten times as long. */
        SLOW,
        /** It answers every call with an error at once. */
        FAILS_FAST
    }

    /**
     * @param sharePercent calls of server 0 in % of an equal share
     * @param failedPercent of all calls
     * @param p50Ms of the calls that went well; so p99Ms
     */
    record Result(String policy, double sharePercent, double failedPercent, double p50Ms, double p99Ms) {}

    private final ManualTime clock = new ManualTime(0);
    private final SplittableRandom random;
    private final List<Server> servers = new ArrayList<>();
    private final Map<Endpoint, Server> byEndpoint = new HashMap<>();
    private final List<Long> latencies = new ArrayList<>();
    private final String policy;
    private long failed;
    private long calls;

    /** @param serverCount each works on 4 calls at once, 4 ms each on average: 1000 calls a second */
    private BalanceSimulation(String policy, int serverCount, Trouble trouble, long seed) {
        this.policy = policy;
        random = new SplittableRandom(seed);
        for (int i = 0; i < serverCount; i++) {
            Server server = new Server(new Endpoint("server-" + i, 1), i == 0 ? trouble : Trouble.NOTHING);
            servers.add(server);
            byEndpoint.put(server.endpoint, server);
        }
    }

    /**
     * @param load calls in % of what all servers could do if all were well
     * @param callCount calls in all; the first tenth is not counted
     */
    static Result run(String policy, DefaultValues settings, Trouble trouble, int load, int callCount, long seed) {
        int serverCount = 10;
        int clientCount = 20;
        BalanceSimulation simulation = new BalanceSimulation(policy, serverCount, trouble, seed);
        DefaultValues values = settings.with(BalanceSettings.POLICY, policy);
        double perClientNs = 1e9 / (serverCount * 1000.0 * load / 100 / clientCount);
        for (int i = 0; i < clientCount; i++) {
            simulation.addClient(values, perClientNs, callCount / clientCount);
        }
        simulation.clock.advanceNs(Long.MAX_VALUE / 4);
        return simulation.result();
    }

    private void addClient(DefaultValues values, double meanPauseNs, int count) {
        Balancer balancer = new Balancer(policy, FakeClient::new, values, null, clock, Runnable::run, random.split());
        balancer.start(new NameResolver() {
            @Override
            public void start(Listener listener) {
                listener.onAddresses(servers.stream()
                        .map(server -> ServerAddress.of(server.endpoint))
                        .toList());
            }

            @Override
            public void close() {}
        });
        nextArrival(balancer, meanPauseNs, count, count * 9 / 10);
    }

    private void nextArrival(Balancer balancer, double meanPauseNs, int left, int countedFrom) {
        if (left == 0) {
            balancer.close(); // its timer would go on for ever
            return;
        }
        clock.after(exponential(meanPauseNs), () -> {
            call(balancer, left <= countedFrom);
            nextArrival(balancer, meanPauseNs, left - 1, countedFrom);
        });
    }

    private long exponential(double mean) {
        return Math.round(-mean * Math.log(1 - random.nextDouble()));
    }

    private void call(Balancer balancer, boolean counted) {
        BalancerRig.Pick pick = new BalancerRig.Pick(CallOptions.DEFAULT.withHashKey("user-" + random.nextInt(10_000)));
        balancer.pick(pick);
        Peer peer = pick.peer();
        Server server = Objects.requireNonNull(byEndpoint.get(peer.endpoint()));
        long startNs = clock.nowNs();
        if (counted) {
            calls++;
            server.calls++;
        }
        clock.after(
                NETWORK_NS,
                () -> server.arrive(status -> clock.after(NETWORK_NS, () -> {
                    long latencyNs = clock.nowNs() - startNs;
                    peer.ended(status, latencyNs);
                    if (counted && status.isOk()) {
                        latencies.add(latencyNs);
                    } else if (counted) {
                        failed++;
                    }
                })));
    }

    private Result result() {
        long[] sorted = latencies.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return new Result(
                policy,
                100.0 * servers.get(0).calls * servers.size() / calls,
                100.0 * failed / calls,
                sorted[sorted.length / 2] / MS,
                sorted[(int) (sorted.length * 0.99)] / MS);
    }

    private interface Answer {
        void with(Status status);
    }

    private final class Server {
        private static final int WORKERS = 4;
        private static final double SERVICE_NS = 4 * MS;

        private final Endpoint endpoint;
        private final Trouble trouble;
        private final Queue<Answer> waiting = new ArrayDeque<>();
        private int busy;
        private long calls;

        Server(Endpoint endpoint, Trouble trouble) {
            this.endpoint = endpoint;
            this.trouble = trouble;
        }

        void arrive(Answer answer) {
            if (trouble == Trouble.FAILS_FAST) {
                answer.with(Status.of(StatusCode.INTERNAL, "broken"));
            } else if (busy < WORKERS) {
                serve(answer);
            } else {
                waiting.add(answer);
            }
        }

        private void serve(Answer answer) {
            busy++;
            clock.after(exponential(trouble == Trouble.SLOW ? 10 * SERVICE_NS : SERVICE_NS), () -> {
                busy--;
                answer.with(Status.OK);
                Answer next = waiting.poll();
                if (next != null) {
                    serve(next);
                }
            });
        }
    }
}
