package dev.remora.samples.logs;

import dev.remora.api.CallContext;
import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import dev.remora.api.stub.StreamReader;
import dev.remora.api.stub.StreamWriter;
import dev.remora.samples.logs.v1.Answer;
import dev.remora.samples.logs.v1.FollowRequest;
import dev.remora.samples.logs.v1.Line;
import dev.remora.samples.logs.v1.LogsRpc;
import dev.remora.samples.logs.v1.Query;
import dev.remora.samples.logs.v1.Shipped;

/** Serves logs in blocking style: each stream has a virtual thread, which may wait for its client. */
final class LogsService extends LogsRpc.ServiceBase {
    private static final int MAX_TEXT = 10_000;

    private final LineRing lines;

    LogsService(LineRing lines) {
        this.lines = lines;
    }

    /** Reading no faster than lines can be kept is all it takes to slow clients down. */
    @Override
    public Shipped ship(StreamReader<Line> requests) {
        long count = 0;
        for (Line line : requests) {
            if (line.getSource().isEmpty() || line.getText().length() > MAX_TEXT) {
                throw new RpcException(
                        StatusCode.INVALID_ARGUMENT,
                        "line " + count + " needs a source and a text of at most " + MAX_TEXT + " characters; the lines"
                                + " before it were taken");
            }
            lines.add(line);
            count++;
        }
        return Shipped.newBuilder().setLines(count).build();
    }

    /** A client that reads slowly keeps this thread in {@code write}; when it goes on, some lines may be gone. */
    @Override
    public void follow(FollowRequest request, StreamWriter<Line> responses) throws InterruptedException {
        // While it waits for lines, only an interrupt tells it that the client has gone.
        CallContext.current().orElseThrow().onCancel(Thread.currentThread()::interrupt);
        long number = request.getFromStart() ? lines.first() : lines.end();
        long missed = 0;
        while (true) {
            Line line = lines.get(number, true);
            if (line == null) {
                long kept = lines.first();
                missed += kept - number;
                number = kept;
            } else {
                number++;
                if (request.getSource().isEmpty() || request.getSource().equals(line.getSource())) {
                    responses.write(
                            missed == 0
                                    ? line
                                    : line.toBuilder().setMissed(missed).build());
                    missed = 0;
                }
            }
        }
    }

    @Override
    public void search(StreamReader<Query> requests, StreamWriter<Answer> responses) throws InterruptedException {
        for (Query query : requests) {
            long end = lines.end();
            long searched = 0;
            for (long number = lines.first(); number < end; number++) {
                Line line = lines.get(number, false);
                if (line != null) {
                    searched++;
                    if (line.getText().contains(query.getText())) {
                        responses.write(Answer.newBuilder().setLine(line).build());
                    }
                }
            }
            responses.write(Answer.newBuilder().setSearched(searched).build());
        }
    }
}
