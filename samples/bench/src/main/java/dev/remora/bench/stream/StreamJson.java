package dev.remora.bench.stream;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** The results as data: what they were measured on and how, then every measurement. */
final class StreamJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private StreamJson() {}

    static String render(Map<String, String> machine, Map<String, String> method, StreamResults results) {
        ObjectNode root = MAPPER.createObjectNode();
        machine.forEach(root.putObject("machine")::put);
        method.forEach(root.putObject("method")::put);
        ArrayNode measurements = root.putArray("measurements");
        for (StreamMeasurement m : results.measurements()) {
            measurements
                    .addObject()
                    .put("name", m.contender())
                    .put("direction", m.point().direction().toString())
                    .put("size", m.point().sizeBytes())
                    .put("round", m.round())
                    .put("messages", m.messages())
                    .put("messagesPerSecond", rounded(m.messagesPerSecond()))
                    .put("megabytesPerSecond", rounded(m.megabytesPerSecond()))
                    .put("cpuNsPerMessage", rounded(m.cpuNsPerMessage()))
                    .put("allocatedBytesPerMessage", rounded(m.allocatedBytesPerMessage()))
                    .put("stealPercent", rounded(m.interference().stealPercent()))
                    .put("foreignPercent", rounded(m.interference().foreignPercent()))
                    .put("flagged", m.interference().isTooMuch());
        }
        results.unavailable().forEach(root.putObject("unavailable")::put);
        results.failures().forEach(root.putArray("failures")::add);
        return root.toPrettyString() + "\n";
    }

    /** Three decimals: more is noise. */
    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
