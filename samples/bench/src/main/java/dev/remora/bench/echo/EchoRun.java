package dev.remora.bench.echo;

import dev.remora.bench.echo.contender.Contender;
import dev.remora.bench.pair.MeasuredLoad;
import dev.remora.bench.pair.PairRun;
import dev.remora.bench.process.Awake;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/** Runs a plan of echoes. */
final class EchoRun extends PairRun<Contender, EchoCase, Measurement> {
    private final EchoPlan plan;

    /** @param progress gets a line about each step */
    EchoRun(EchoPlan plan, Awake awake, Consumer<String> progress) {
        super(plan, EchoChild.class, awake, progress);
        this.plan = plan;
    }

    EchoResults run() throws IOException, InterruptedException {
        runAll();
        return new EchoResults(measurements(), unavailable(), failures());
    }

    @Override
    protected String warmUpOrder(EchoCase point, Duration duration) {
        return new LoadOrder(point, plan.style(), duration.toNanos(), 0).toLine();
    }

    @Override
    protected String order(EchoCase point) {
        return new LoadOrder(point, plan.style(), plan.measure().toNanos(), plan.maxCalls()).toLine();
    }

    @Override
    protected Measurement measurement(Contender contender, EchoCase point, int round, MeasuredLoad measured) {
        LoadResult load = LoadResult.parse(measured.result());
        double calls = Math.max(1, load.calls());
        return new Measurement(
                contender.name(),
                point,
                round,
                load.calls(),
                load.p50Ns() / 1e3,
                load.p99Ns() / 1e3,
                load.calls() * 1e9 / load.elapsedNs(),
                (load.cpuNs() + measured.server().cpuNs()) / 1e3 / calls,
                load.allocatedBytes() / calls,
                measured.server().allocatedBytes() / calls,
                measured.interference().stealPercent(),
                measured.interference().foreignPercent());
    }
}
