package dev.remora.bench.echo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remora.bench.process.Spread;
import java.util.List;
import java.util.Map;

/** The results as data: what they were measured on and how, then one row per contender and case, then every measurement. */
final class ResultJson {
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private ResultJson() {}

    static String render(Map<String, String> machine, Map<String, String> method, List<Row> rows, EchoResults results) {
        ObjectNode root = MAPPER.createObjectNode();
        machine.forEach(root.putObject("machine")::put);
        method.forEach(root.putObject("method")::put);
        ArrayNode rowNodes = root.putArray("rows");
        rows.forEach(row -> put(rowNodes.addObject(), row));
        ArrayNode measurements = root.putArray("measurements");
        results.measurements().forEach(m -> put(measurements.addObject(), m));
        results.unavailable().forEach(root.putObject("unavailable")::put);
        results.failures().forEach(root.putArray("failures")::add);
        return root.toPrettyString() + "\n";
    }

    private static void put(ObjectNode node, Row row) {
        node.put("name", row.name());
        node.put("size", row.point().sizeBytes());
        node.put("outstanding", row.point().outstanding());
        for (Metric metric : Metric.values()) {
            Spread value = row.values().get(metric);
            if (value != null) {
                node.put(metric.field(), rounded(value.median()));
            }
        }
        node.put("rounds", row.rounds());
        node.put("flaggedRounds", row.flagged());
        node.put("doubtful", row.doubtful());
        put(node.putObject("spread"), row.values());
        put(node.putObject("ratioToBaseline"), row.ratios());
    }

    private static void put(ObjectNode node, Measurement measurement) {
        node.put("name", measurement.contender());
        node.put("size", measurement.point().sizeBytes());
        node.put("outstanding", measurement.point().outstanding());
        node.put("round", measurement.round());
        node.put("calls", measurement.calls());
        for (Metric metric : Metric.values()) {
            node.put(metric.field(), rounded(metric.of(measurement)));
        }
        node.put("stealPercent", rounded(measurement.stealPercent()));
        node.put("foreignPercent", rounded(measurement.foreignPercent()));
        node.put("flagged", measurement.flagged());
    }

    private static void put(ObjectNode node, Map<Metric, Spread> values) {
        for (Metric metric : Metric.values()) {
            Spread value = values.get(metric);
            if (value != null) {
                node.putObject(metric.field())
                        .put("median", rounded(value.median()))
                        .put("min", rounded(value.min()))
                        .put("max", rounded(value.max()));
            }
        }
    }

    /** Three decimals: more is noise. */
    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
