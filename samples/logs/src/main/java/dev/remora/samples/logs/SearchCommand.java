package dev.remora.samples.logs;

import dev.remora.api.stub.BidiStream;
import dev.remora.samples.logs.v1.Answer;
import dev.remora.samples.logs.v1.LogsRpc;
import dev.remora.samples.logs.v1.Query;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code search}: a bidirectional stream, in which one query follows when the answers to the one before have come. */
@Command(name = "search", mixinStandardHelpOptions = true, description = "Prints lines that contain a text.")
final class SearchCommand extends ClientCommand {
    @Parameters(arity = "1..*", paramLabel = "TEXT", description = "What to look for, one after the other.")
    private List<String> texts = List.of();

    @Override
    void run(LogsRpc.BlockingStub logs) {
        try (BidiStream<Query, Answer> stream = logs.search()) {
            for (String text : texts) {
                stream.write(Query.newBuilder().setText(text).build());
                long found = 0;
                for (Answer answer = stream.read(); answer != null; answer = stream.read()) {
                    if (!answer.hasLine()) {
                        System.out.println("'" + text + "': " + found + " of " + answer.getSearched() + " lines");
                        break;
                    }
                    found++;
                    System.out.println(answer.getLine().getSource() + ": "
                            + answer.getLine().getText());
                }
            }
            stream.halfClose();
            // Whatever went wrong at the end would be thrown here.
            if (stream.read() != null) {
                throw new IllegalStateException("an answer that nobody has asked for");
            }
        }
    }
}
