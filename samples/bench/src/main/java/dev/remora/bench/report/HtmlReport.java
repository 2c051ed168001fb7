package dev.remora.bench.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.remora.bench.ab.result.AbReport;
import java.util.List;
import java.util.Map;

/** A report as one page that needs nothing else: no network, no other file. Its charts are drawn by the scripts inside. */
final class HtmlReport {
    /** In the order in which they need each other. */
    private static final List<String> SCRIPTS = List.of(
            "errors.js",
            "format.js",
            "dom.js",
            "model.js",
            "scale.js",
            "tooltip.js",
            "line-chart.js",
            "dot-chart.js",
            "bar-chart.js",
            "controls.js",
            "section-answer.js",
            "section-ratios.js",
            "section-sizes.js",
            "section-cdf.js",
            "section-time.js",
            "section-cost.js",
            "section-method.js",
            "main.js");

    private HtmlReport() {}

    static String render(AbReport report) {
        Headline headline = Headline.of(report);
        StringBuilder script = new StringBuilder();
        SCRIPTS.forEach(name -> script.append(Template.resource(name)).append('\n'));
        return Template.of("report.html")
                .fill(Map.of(
                        "title", Template.escaped(headline.question()),
                        "description", Template.escaped(headline.answer()),
                        "style", Template.resource("report.css"),
                        "data", data(report, headline),
                        "script", script.toString()));
    }

    /** The report and the names it is shown with, as JSON that may stand within a script element. */
    private static String data(AbReport report, Headline headline) {
        ObjectNode root = ReportJson.MAPPER.createObjectNode();
        root.set("headline", ReportJson.MAPPER.valueToTree(headline));
        root.set("metrics", ReportJson.MAPPER.valueToTree(Metric.KNOWN));
        ObjectNode transports = root.putObject("transports");
        for (String transport : Scenario.transports(report)) {
            transports
                    .putObject(transport)
                    .put("title", Titles.transport(transport))
                    .put("column", Titles.transport(transport).replace("Remora over ", ""))
                    .put("label", Titles.transportShort(transport));
        }
        ArrayNode scenarios = root.putArray("scenarios");
        for (Scenario scenario : Scenario.of(report)) {
            scenarios
                    .addObject()
                    .put("workload", scenario.workload())
                    .put("load", scenario.load())
                    .put("name", Titles.workload(scenario.workload()))
                    .put("origin", Titles.workloadOrigin(scenario.workload()))
                    .put("loadTitle", Titles.load(scenario.load()));
        }
        try {
            root.putRawValue("report", new RawValue(ReportJson.MAPPER.writeValueAsString(report)));
            // A "<" could end the element or begin a comment; JSON has it only within strings, where this means the
            // same.
            return ReportJson.MAPPER.writeValueAsString(root).replace("<", "\\u003c");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("plain data could not be written as JSON: " + e.getMessage(), e);
        }
    }
}
