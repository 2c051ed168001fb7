package dev.remora.samples.resilience;

import com.codahale.metrics.Counter;
import com.codahale.metrics.MetricRegistry;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import dev.remora.api.Criticality;
import dev.remora.api.RpcException;
import dev.remora.runtime.guice.Channels;
import dev.remora.runtime.guice.RemoraModule;
import dev.remora.runtime.guice.RemoraNode;
import dev.remora.runtime.metrics.CallEvent;
import dev.remora.runtime.resilience.HedgePolicy;
import dev.remora.runtime.resilience.RetryPolicy;
import dev.remora.samples.resilience.v1.OrderRequest;
import dev.remora.samples.resilience.v1.Quote;
import dev.remora.samples.resilience.v1.QuoteRequest;
import dev.remora.samples.resilience.v1.QuotesRpc;
import dev.remora.samples.resilience.v1.Served;
import dev.remora.samples.resilience.v1.Trouble;
import dev.remora.samples.resilience.v1.TroublemakerRpc;
import dev.remora.tcp.TcpModule;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Two server processes and a client as {@code quotes-client.conf} has it; each method is one story. */
final class ResilienceDemo implements AutoCloseable {
    private static final Trouble NONE = Trouble.getDefaultInstance();
    private static final QuoteRequest REQUEST =
            QuoteRequest.newBuilder().setSymbol("REMO").build();
    private static final OrderRequest ORDER =
            OrderRequest.newBuilder().setSymbol("REMO").setPieces(1).build();
    private static final int MORE_THAN_TRIALS = 20;
    private static final Duration LONGEST_RECOVERY = Duration.ofSeconds(10);

    private final List<QuotesProcess> servers = new ArrayList<>();
    private final List<TroublemakerRpc.BlockingStub> troublemakers = new ArrayList<>();
    private final MetricRegistry registry;
    private final RemoraNode node;
    private final QuotesRpc.BlockingStub quotes;
    private final QuotesRpc.FutureStub quotesLater;

    /** Starts servers and client. */
    ResilienceDemo() throws IOException, InterruptedException {
        try {
            servers.add(QuotesProcess.start("a"));
            servers.add(QuotesProcess.start("b"));
            Injector injector = Guice.createInjector(new RemoraModule(clientConfig()), new TcpModule());
            registry = injector.getInstance(MetricRegistry.class);
            node = injector.getInstance(RemoraNode.class).start();
            Channels channels = injector.getInstance(Channels.class);
            quotes = QuotesRpc.blockingStub(channels.channel("quotes"));
            quotesLater = QuotesRpc.futureStub(channels.channel("quotes"));
            troublemakers.add(TroublemakerRpc.blockingStub(channels.channel("a")));
            troublemakers.add(TroublemakerRpc.blockingStub(channels.channel("b")));
        } catch (IOException | InterruptedException | RuntimeException e) {
            servers.forEach(QuotesProcess::close);
            throw e;
        }
    }

    private Config clientConfig() throws InterruptedException {
        String a = servers.get(0).address();
        String b = servers.get(1).address();
        return ConfigFactory.load("quotes-client")
                .withValue("remora.clients.quotes.target", ConfigValueFactory.fromIterable(List.of(a, b)))
                .withValue("remora.clients.a.target", ConfigValueFactory.fromAnyRef(a))
                .withValue("remora.clients.b.target", ConfigValueFactory.fromAnyRef(b));
    }

    /** Calls one after the other: how many were answered, and what it took. */
    record Outcome(
            int answered, int failed, long retries, long hedges, long hedgeWins, long refused, double slowestMs) {}

    /** Puts a server into trouble, or out of it. */
    Served trouble(int server, Trouble trouble) {
        return troublemakers.get(server).make(trouble);
    }

    private void heal() {
        trouble(0, NONE);
        trouble(1, NONE);
    }

    /** One of the servers fails each call: retries hide it. */
    Outcome aServerFails(int calls) {
        trouble(0, Trouble.newBuilder().setFailing(true).build());
        try {
            return ask(calls);
        } finally {
            heal();
        }
    }

    /** The same for orders, which must not be placed twice: gives how many were answered, and how many placed. */
    Outcome ordersWhileAServerFails(int calls) {
        trouble(0, Trouble.newBuilder().setFailing(true).build());
        try {
            return count("PlaceOrder", calls, () -> quotes.placeOrder(ORDER));
        } finally {
            heal();
        }
    }

    /** Orders that handlers have seen. */
    long ordersPlaced() {
        return trouble(0, NONE).getOrders() + trouble(1, NONE).getOrders();
    }

    /** One of the servers is slow: hedges go to the other. */
    Outcome aServerIsSlow(int calls, int delayMs) {
        trouble(0, Trouble.newBuilder().setDelayMs(delayMs).build());
        try {
            return ask(calls);
        } finally {
            heal();
        }
    }

    /** Both fail: the breaker opens, and most calls never leave this process. Gives what the servers saw, too. */
    Outcome everyServerFails(int calls) {
        Trouble failing = Trouble.newBuilder().setFailing(true).build();
        trouble(0, failing);
        trouble(1, failing);
        return ask(calls);
    }

    /** Quotes that handlers have been asked for. */
    long quotesServed() {
        return trouble(0, NONE).getQuotes() + trouble(1, NONE).getQuotes();
    }

    /** Both are well again: how long until the first call gets through; negative if the breaker never closed. */
    double recoveryMs() throws InterruptedException {
        heal();
        long startNs = System.nanoTime();
        double firstMs = -1;
        int answered = 0;
        // The first ones that get through are trials; only when they have gone well all do.
        while (answered < MORE_THAN_TRIALS && System.nanoTime() - startNs < LONGEST_RECOVERY.toNanos()) {
            try {
                Quote unused = quotes.getQuote(REQUEST);
                answered++;
                firstMs = firstMs < 0 ? (System.nanoTime() - startNs) / 1e6 : firstMs;
            } catch (RpcException e) {
                answered = 0;
                Thread.sleep(10);
            }
        }
        return answered < MORE_THAN_TRIALS ? -1 : firstMs;
    }

    /** More calls at once than the servers can take, half of them sheddable: which part of each kind was answered. */
    Map<Criticality, Double> overload(int callsOfEach, int delayMs) throws InterruptedException {
        Trouble slow = Trouble.newBuilder().setDelayMs(delayMs).build();
        trouble(0, slow);
        trouble(1, slow);
        try {
            // What one call may do to help itself would only add to the load here.
            QuotesRpc.FutureStub once = quotesLater
                    .withOption(RetryPolicy.OPTION, RetryPolicy.NONE)
                    .withOption(HedgePolicy.OPTION, HedgePolicy.NONE);
            Map<Criticality, List<CompletableFuture<Quote>>> calls = new EnumMap<>(Criticality.class);
            List<Criticality> kinds = List.of(Criticality.SHEDDABLE, Criticality.CRITICAL);
            for (int i = 0; i < callsOfEach; i++) {
                // Turned around each time: servers take turns too, and each is to get both kinds.
                for (Criticality c : i % 2 == 0 ? kinds : kinds.reversed()) {
                    calls.computeIfAbsent(c, key -> new ArrayList<>())
                            .add(once.withMetadata(c.asMetadata()).getQuote(REQUEST));
                }
            }
            Map<Criticality, Double> shares = new EnumMap<>(Criticality.class);
            for (Map.Entry<Criticality, List<CompletableFuture<Quote>>> kind : calls.entrySet()) {
                int answered = 0;
                for (CompletableFuture<Quote> call : kind.getValue()) {
                    answered += isAnswered(call) ? 1 : 0;
                }
                shares.put(kind.getKey(), (double) answered / callsOfEach);
            }
            return shares;
        } finally {
            heal();
        }
    }

    private static boolean isAnswered(CompletableFuture<Quote> call) throws InterruptedException {
        try {
            Quote unused = call.get(LONGEST_RECOVERY.toSeconds(), TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    private Outcome ask(int calls) {
        return count("GetQuote", calls, () -> quotes.getQuote(REQUEST));
    }

    private Outcome count(String method, int calls, Runnable call) {
        long retries = count(method, CallEvent.RETRY);
        long hedges = count(method, CallEvent.HEDGE);
        long wins = count(method, CallEvent.HEDGE_WIN);
        long refused = count(method, CallEvent.BREAKER_REFUSED);
        int answered = 0;
        double slowestMs = 0;
        for (int i = 0; i < calls; i++) {
            long startNs = System.nanoTime();
            try {
                call.run();
                answered++;
            } catch (RpcException e) {
                // Counted by what is missing.
            }
            slowestMs = Math.max(slowestMs, (System.nanoTime() - startNs) / 1e6);
        }
        return new Outcome(
                answered,
                calls - answered,
                count(method, CallEvent.RETRY) - retries,
                count(method, CallEvent.HEDGE) - hedges,
                count(method, CallEvent.HEDGE_WIN) - wins,
                count(method, CallEvent.BREAKER_REFUSED) - refused,
                slowestMs);
    }

    private long count(String method, CallEvent event) {
        Counter counter = registry.getCounters()
                .get("remora.client.remora.samples.resilience.Quotes/" + method + "." + event.word());
        return counter == null ? 0 : counter.getCount();
    }

    @Override
    public void close() {
        node.close();
        servers.forEach(QuotesProcess::close);
    }
}
