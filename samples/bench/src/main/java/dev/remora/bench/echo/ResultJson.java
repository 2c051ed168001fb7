package dev.remora.bench.echo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** The results as data: what they were measured on and how, then one row per contender and case. */
final class ResultJson {
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private ResultJson() {}

    static String render(Map<String, String> machine, Map<String, String> method, List<Row> rows, EchoResults results) {
        ObjectNode root = MAPPER.createObjectNode();
        machine.forEach(root.putObject("machine")::put);
        method.forEach(root.putObject("method")::put);
        ArrayNode rowNodes = root.putArray("rows");
        rows.forEach(row -> put(rowNodes.addObject(), row));
        ArrayNode flagged = root.putArray("flagged");
        for (Measurement m : results.flagged()) {
            flagged.addObject()
                    .put("name", m.contender())
                    .put("size", m.point().sizeBytes())
                    .put("outstanding", m.point().outstanding())
                    .put("round", m.round())
                    .put("stealPercent", rounded(m.stealPercent()))
                    .put("foreignPercent", rounded(m.foreignPercent()));
        }
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
