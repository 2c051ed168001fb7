package dev.remora.samples.logs;

import dev.remora.api.stub.ClientStream;
import dev.remora.samples.logs.v1.Line;
import dev.remora.samples.logs.v1.LogsRpc;
import dev.remora.samples.logs.v1.Shipped;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ship}: a client stream. */
@Command(name = "ship", mixinStandardHelpOptions = true, description = "Ships standard input, line by line.")
final class ShipCommand extends ClientCommand {
    @Option(names = "--source", required = true, description = "Name of the program the lines come from.")
    private String source = "";

    @Override
    void run(LogsRpc.BlockingStub logs) throws IOException {
        try (BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
                ClientStream<Line, Shipped> stream = logs.ship()) {
            for (String text = input.readLine(); text != null; text = input.readLine()) {
                // Waits while the server, or the network, is slower than the input.
                stream.write(Line.newBuilder().setSource(source).setText(text).build());
            }
            System.out.println("shipped " + stream.finish().getLines() + " lines");
        }
    }
}
