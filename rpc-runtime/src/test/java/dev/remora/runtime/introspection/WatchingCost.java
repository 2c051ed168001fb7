package dev.remora.runtime.introspection;

import com.google.protobuf.StringValue;
import dev.remora.api.CallOptions;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.StatusCode;
import dev.remora.api.stub.ClientCalls;
import dev.remora.runtime.DirectTransport;
import dev.remora.runtime.Served;
import dev.remora.runtime.TextService;
import dev.remora.spi.Endpoint;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/**
 * What watching costs per call, side by side: a program, not a test. Whole calls, both sides of them, served where
 * they are made, watched and not in turns; then the watching alone.
 *
 * <pre>
 * mvn -pl rpc-runtime -am test-compile
 * java -cp ... dev.remora.runtime.introspection.WatchingCost
 * </pre>
 */
public final class WatchingCost {
    private static final int ROUNDS = 15;
    private static final int WARM_UP_ROUNDS = 5;
    private static final int CALLS = 300_000;
    private static final Endpoint PEER = new Endpoint("10.0.0.1", 7000);

    private WatchingCost() {}

    public static void main(String[] args) {
        try (Served plain = served(LiveCalls.none());
                Served watched = served(LiveCalls.create())) {
            CallOptions none = CallOptions.DEFAULT;
            CallOptions minute = CallOptions.DEFAULT.withTimeout(Duration.ofMinutes(1));
            compare("call without deadline", () -> calls(plain, none), () -> calls(watched, none));
            compare("call with deadline", () -> calls(plain, minute), () -> calls(watched, minute));
        }
        LiveCalls calls = LiveCalls.create();
        MethodDescriptor<StringValue, StringValue> method = TextService.METHOD;
        MethodCalls client = calls.client(method);
        MethodCalls server = calls.server(method);
        compare("client's part alone (and two readings of the clock)", WatchingCost::clocks, () -> clientPart(client));
        compare("server's part alone (and two readings of the clock)", WatchingCost::clocks, () -> serverPart(server));
    }

    private static Served served(LiveCalls calls) {
        return new Served(new DirectTransport(), calls, null, new TextService(q -> q, true));
    }

    private static void calls(Served served, CallOptions options) {
        StringValue request = TextService.text("x");
        for (int i = 0; i < CALLS; i++) {
            ClientCalls.blockingUnary(served.channel(), TextService.METHOD_INLINE, options, request);
        }
    }

    /** What a call reads of the clock unwatched: its beginning and its end. */
    private static void clocks() {
        long sum = 0;
        for (int i = 0; i < CALLS; i++) {
            sum += System.nanoTime();
            sum -= System.nanoTime();
        }
        if (sum > 0) {
            throw new IllegalStateException("time goes backwards");
        }
    }

    private static void clientPart(MethodCalls method) {
        for (int i = 0; i < CALLS; i++) {
            CallProgress call = method.begin(System.nanoTime());
            call.deadline(null);
            call.sendingTo(PEER, System.nanoTime());
            call.enter(CallPhase.WAITING, System.nanoTime());
            call.enter(CallPhase.RECEIVING, System.nanoTime());
            call.takeServerTimes(Metadata.EMPTY);
            call.end(StatusCode.OK, System.nanoTime());
        }
    }

    private static void serverPart(MethodCalls method) {
        for (int i = 0; i < CALLS; i++) {
            CallProgress call = method.begin(System.nanoTime());
            call.deadline(null);
            call.enter(CallPhase.HANDLING, System.nanoTime());
            long nowNs = System.nanoTime();
            call.enter(CallPhase.RESPONDING, nowNs);
            call.withServerTimes(Metadata.EMPTY, nowNs, 8192);
            call.answered(StatusCode.OK);
            call.end(StatusCode.OK, System.nanoTime());
        }
    }

    private static void compare(String what, Runnable without, Runnable with) {
        double[] plain = new double[ROUNDS];
        double[] watched = new double[ROUNDS];
        for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
            double first = nsPerCall(round % 2 == 0 ? without : with);
            double second = nsPerCall(round % 2 == 0 ? with : without);
            if (round >= 0) {
                plain[round] = round % 2 == 0 ? first : second;
                watched[round] = round % 2 == 0 ? second : first;
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%-55s %7.1f ns, watched %7.1f ns, difference %6.1f ns (medians of %d rounds)%n",
                what,
                median(plain),
                median(watched),
                median(watched) - median(plain),
                ROUNDS);
    }

    private static double nsPerCall(Runnable calls) {
        long startNs = System.nanoTime();
        calls.run();
        return (System.nanoTime() - startNs) / (double) CALLS;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
