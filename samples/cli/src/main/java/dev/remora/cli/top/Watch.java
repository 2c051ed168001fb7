package dev.remora.cli.top;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was read last from each process, and what came since. One thread at a time. */
final class Watch {
    private final List<Target> targets;
    private final @Nullable Page[] last;
    private boolean answered;

    Watch(List<Target> targets) {
        this.targets = List.copyOf(targets);
        this.last = new Page[targets.size()];
    }

    /** Asks all of them: the rows of the next frame. */
    List<Row> look(Inquiry inquiry) throws InterruptedException {
        List<Answer> answers = inquiry.ask(targets);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            Target target = targets.get(i);
            rows.add(
                    switch (answers.get(i)) {
                        case Answer.Metrics(Page page) -> {
                            Interval interval = new Interval(last[i], page);
                            last[i] = page;
                            answered = true;
                            yield new Row(target, interval, "");
                        }
                        case Answer.Trouble(String why) -> {
                            // Who comes back is a new process as often as not: no rate over the gap.
                            last[i] = null;
                            yield new Row(target, null, why);
                        }
                    });
        }
        return rows;
    }

    /** Whether any process has ever told its metrics. */
    boolean answered() {
        return answered;
    }

    /** The whole frame. */
    static List<String> lines(List<Row> rows) {
        List<String> lines = new ArrayList<>(CallsView.lines(rows));
        for (List<String> table : List.of(TcpView.lines(rows), HomaView.lines(rows))) {
            if (!table.isEmpty()) {
                lines.add("");
                lines.addAll(table);
            }
        }
        return lines;
    }
}
