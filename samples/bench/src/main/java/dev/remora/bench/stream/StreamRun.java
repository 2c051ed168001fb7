package dev.remora.bench.stream;

import dev.remora.bench.pair.MeasuredLoad;
import dev.remora.bench.pair.PairRun;
import dev.remora.bench.process.Awake;
import dev.remora.bench.stream.contender.StreamContender;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/** Runs a plan of streams. */
final class StreamRun extends PairRun<StreamContender, StreamCase, StreamMeasurement> {
    private final StreamPlan plan;

    /** @param progress gets a line about each step */
    StreamRun(StreamPlan plan, Awake awake, Consumer<String> progress) {
        super(plan, StreamChild.class, awake, progress);
        this.plan = plan;
    }

    StreamResults run() throws IOException, InterruptedException {
        runAll();
        return new StreamResults(measurements(), unavailable(), failures());
    }

    @Override
    protected String warmUpOrder(StreamCase point, Duration duration) {
        return new StreamOrder(point, plan.streams(), duration.toNanos(), 0).toLine();
    }

    @Override
    protected String order(StreamCase point) {
        return new StreamOrder(point, plan.streams(), plan.measure().toNanos(), plan.maxMessages()).toLine();
    }

    @Override
    protected StreamMeasurement measurement(
            StreamContender contender, StreamCase point, int round, MeasuredLoad measured) {
        StreamLoad.Result load = StreamLoad.Result.parse(measured.result());
        double messages = Math.max(1, load.messages());
        return new StreamMeasurement(
                contender.name(),
                point,
                round,
                load.messages(),
                load.messages() * 1e9 / load.elapsedNs(),
                (load.used().cpuNs() + measured.server().cpuNs()) / messages,
                (load.used().allocatedBytes() + measured.server().allocatedBytes()) / messages,
                measured.interference());
    }
}
