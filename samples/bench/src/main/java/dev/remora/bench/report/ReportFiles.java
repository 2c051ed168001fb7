package dev.remora.bench.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.remora.bench.ab.result.AbReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A report's folder: report.html to look at, report.json for programs, and tables for spreadsheets. */
public final class ReportFiles {
    public static final String HTML = "report.html";
    public static final String JSON = "report.json";

    private ReportFiles() {}

    /**
     * Writes all files, in place of those of an earlier report. The folder is made if there is none. JSON comes first: what went
     * wrong afterwards can be mended from it.
     *
     * @throws IOException if a file cannot be written; the message names it
     */
    public static void write(AbReport report, Path dir) throws IOException {
        Files.createDirectories(dir);
        put(
                dir.resolve(JSON),
                ReportJson.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n");
        put(dir.resolve("runs.csv"), ReportTables.runs(report));
        put(dir.resolve("sizes.csv"), ReportTables.sizes(report));
        put(dir.resolve("series.csv"), ReportTables.series(report));
        put(dir.resolve("cdf.csv"), ReportTables.cdf(report));
        put(dir.resolve(HTML), HtmlReport.render(report));
    }

    /**
     * Reads {@code report.json} back; what was written as null is NaN.
     *
     * @param path of the file, or of the folder with it
     * @throws IOException if it is missing, no report, or of a form that this version does not know; the message says which
     */
    public static AbReport read(Path path) throws IOException {
        Path file = Files.isDirectory(path) ? path.resolve(JSON) : path;
        if (!Files.isRegularFile(file)) {
            throw new IOException("no report at " + file + ": name a folder with " + JSON + " in it, or that file");
        }
        String text = Files.readString(file);
        try {
            JsonNode root = ReportJson.MAPPER.readTree(text);
            if (!root.path("version").isInt()) {
                throw new IOException(file + " is no A/B report: it has no field \"version\"");
            }
            int version = root.path("version").intValue();
            if (version != AbReport.VERSION) {
                throw new IOException(file + " has version " + version + " of the report's form, this program reads "
                        + AbReport.VERSION + ": read it with the Remora that wrote it, or measure again");
            }
            return ReportJson.MAPPER.treeToValue(root, AbReport.class);
        } catch (JsonProcessingException e) {
            throw new IOException(file + " is damaged or no A/B report: " + e.getOriginalMessage(), e);
        }
    }

    /** Writes the whole file or leaves the old one: a reader never meets half a report. */
    static void put(Path file, String text) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(unfinished, text, StandardCharsets.UTF_8);
        Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
    }
}
