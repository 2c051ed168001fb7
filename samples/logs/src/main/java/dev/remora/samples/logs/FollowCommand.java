package dev.remora.samples.logs;

import dev.remora.api.stub.StreamReader;
import dev.remora.samples.logs.v1.FollowRequest;
import dev.remora.samples.logs.v1.Line;
import dev.remora.samples.logs.v1.LogsRpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code follow}: a server stream. */
@Command(name = "follow", mixinStandardHelpOptions = true, description = "Prints lines as they come.")
final class FollowCommand extends ClientCommand {
    @Option(names = "--source", defaultValue = "", description = "Only lines of this program (all).")
    private String source = "";

    @Option(names = "--from-start", description = "Begin with what the server has kept.")
    private boolean fromStart;

    @Option(names = "--lines", paramLabel = "N", description = "End after so many lines.")
    private long lines = Long.MAX_VALUE;

    @Override
    void run(LogsRpc.BlockingStub logs) {
        FollowRequest request = FollowRequest.newBuilder()
                .setSource(source)
                .setFromStart(fromStart)
                .build();
        long count = 0;
        // Closing it cancels the stream: the server stops at once.
        try (StreamReader<Line> responses = logs.follow(request)) {
            for (Line line : responses) {
                if (line.getMissed() > 0) {
                    System.out.println("... " + line.getMissed() + " lines missed ...");
                }
                System.out.println(line.getSource() + ": " + line.getText());
                if (++count == lines) {
                    return;
                }
            }
        }
    }
}
