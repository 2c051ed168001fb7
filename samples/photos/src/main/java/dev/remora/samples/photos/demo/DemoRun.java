package dev.remora.samples.photos.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Drives the services for a while, shows how they do, and judges. Used once, by one thread. */
final class DemoRun {
    private static final long TICK_MS = 100;
    private static final int MAX_VISITS_AT_ONE_TIME = 256;
    private static final long SEED = 42;
    /** Longest extension of a run in which a killed service has not come back. */
    private static final long RECOVERY_LIMIT_NS = TimeUnit.SECONDS.toNanos(30);
    /** Longer than the deadline of any call, so what has not ended then never will. */
    private static final Duration END_TIMEOUT = Duration.ofSeconds(10);

    private final DemoPlan plan;
    private final PhotoSystem system;
    private final Screen screen;
    private final @Nullable Outage outage;
    private final CallLog log;

    /** What the demo shall do. {@code kill} names the service to kill; kills need children. */
    record DemoPlan(String transport, int seconds, int rate, Optional<String> kill) {}

    /** Whether all went as it should, and the figures of the whole run, one row per method. */
    record Outcome(boolean good, List<CallTable.Row> rows) {}

    DemoRun(DemoPlan plan, PhotoSystem system, Screen screen) {
        this.plan = plan;
        this.system = system;
        this.screen = screen;
        this.outage = plan.kill().map(Outage::new).orElse(null);
        this.log = new CallLog(outage);
    }

    Outcome run() throws IOException, InterruptedException {
        List<Long> users;
        SamplePhotos photos = new SamplePhotos(SEED);
        try (DemoClient seeding = DemoClient.connect(plan.transport(), system.addresses())) {
            users = Seeding.run(seeding, photos, SEED);
        }
        screen.print("seeded " + users.size() + " users with a photo each; now " + plan.rate() + " visits/s for "
                + plan.seconds() + " s over " + plan.transport());
        try (DemoClient client = DemoClient.connect(plan.transport(), system.addresses())) {
            client.meetServices();
            Visitors visitors = new Visitors(client, log, users, photos);
            return drive(client, visitors);
        }
    }

    private Outcome drive(DemoClient client, Visitors visitors) throws IOException, InterruptedException {
        CallTable table = new CallTable(client.registry());
        CallTable whole = new CallTable(client.registry());
        long startNs = System.nanoTime();
        try (OpenLoop loop = OpenLoop.start(plan.rate(), MAX_VISITS_AT_ONE_TIME, () -> visit(visitors))) {
            watch(table, startNs);
            if (!loop.drain(END_TIMEOUT)) {
                log.report("calls hang: not all visits ended within " + END_TIMEOUT.toSeconds() + " s of the last one");
            }
            return conclude(whole, loop.heldBack(), startNs);
        }
    }

    private void visit(Visitors visitors) {
        try {
            visitors.visit();
        } catch (RuntimeException e) {
            log.report("a visit failed: " + e);
        }
    }

    private void watch(CallTable table, long startNs) throws IOException, InterruptedException {
        long endNs = startNs + TimeUnit.SECONDS.toNanos(plan.seconds());
        long showEveryNs = TimeUnit.SECONDS.toNanos(screen.terminal() ? 1 : 3);
        long shownNs = startNs;
        Fault fault = outage == null ? null : new Fault(outage, (ChildProcesses) system, screen, startNs, endNs);
        while (true) {
            long nowNs = System.nanoTime();
            boolean over = nowNs - endNs >= 0;
            boolean waiting = outage != null && !outage.isRecovered() && nowNs - endNs < RECOVERY_LIMIT_NS;
            if (over && !waiting) {
                return;
            }
            if (fault != null) {
                fault.advance(nowNs);
            }
            reportDead(fault);
            if (nowNs - shownNs >= showEveryNs) {
                show(table.read((nowNs - shownNs) / 1e9), nowNs - startNs);
                shownNs = nowNs;
            }
            TimeUnit.MILLISECONDS.sleep(TICK_MS);
        }
    }

    private void reportDead(@Nullable Fault fault) {
        if (system instanceof ChildProcesses children && (fault == null || !fault.isUnderWay())) {
            Optional<String> dead = children.firstDead();
            if (dead.isPresent()) {
                throw new IllegalStateException(dead.get() + " ended by itself");
            }
        }
    }

    private void show(List<CallTable.Row> rows, long elapsedNs) {
        double seconds = elapsedNs / 1e9;
        if (screen.terminal()) {
            List<String> lines = new ArrayList<>();
            lines.add(String.format("%.0f of %d s", seconds, plan.seconds()));
            lines.addAll(CallTable.render(rows));
            screen.frame(lines);
            return;
        }
        double calls = rows.stream().mapToDouble(CallTable.Row::callsPerSecond).sum();
        long errors = rows.stream().mapToLong(CallTable.Row::errors).sum();
        long inFlight = rows.stream().mapToLong(CallTable.Row::inFlight).sum();
        screen.print(String.format(
                "%5.1f s  %6.0f calls/s  %d errors so far  %d in flight  %s",
                seconds,
                calls,
                errors,
                inFlight,
                rows.stream()
                        .map(row -> row.method() + " p99 " + CallTable.millis(row.p99Ns()))
                        .collect(Collectors.joining(", "))));
    }

    private Outcome conclude(CallTable whole, long heldBack, long startNs) {
        double seconds = (System.nanoTime() - startNs) / 1e9;
        screen.print("");
        List<CallTable.Row> rows = whole.read(seconds);
        CallTable.render(rows).forEach(screen::print);
        screen.print("");
        long calls = log.succeeded() + log.explained() + log.unexplained();
        screen.print(String.format(
                "%d calls in %.1f s over %s: %d succeeded, %d failed%s",
                calls,
                seconds,
                plan.transport(),
                log.succeeded(),
                log.explained() + log.unexplained(),
                heldBack == 0 ? "" : "; " + heldBack + " visits were held back: more than this machine takes"));
        boolean good = log.unexplained() == 0;
        if (outage != null) {
            screen.print(outage.story(startNs));
            screen.print("  failed because of it: " + log.explainedByCode());
            log.explainedExample().ifPresent(example -> screen.print("  such as: " + example));
            good &= outage.isRecovered();
        }
        if (log.unexplained() > 0) {
            screen.print(log.unexplained() + " failures without a reason, such as:");
            log.examples().forEach(example -> screen.print("  " + example));
        }
        return new Outcome(good, rows);
    }
}
