package dev.remora.bench.report;

import java.util.List;
import java.util.stream.Collectors;

/** A table as RFC 4180 has it, with plain line ends. Every row must have as many cells as the heading. */
final class CsvTable {
    private final StringBuilder text = new StringBuilder();
    private final int columns;

    CsvTable(List<String> heading) {
        columns = heading.size();
        line(heading);
    }

    /** Numbers are written with few digits, NaN as an empty cell. */
    void row(List<?> cells) {
        if (cells.size() != columns) {
            throw new IllegalArgumentException(cells.size() + " cells in a table of " + columns + " columns: " + cells);
        }
        line(cells);
    }

    private void line(List<?> cells) {
        text.append(cells.stream().map(CsvTable::cell).collect(Collectors.joining(",")))
                .append('\n');
    }

    private static String cell(Object value) {
        return switch (value) {
            case Double number -> number(number);
            case Number number -> number.toString();
            default -> quoted(value.toString());
        };
    }

    private static String number(double value) {
        if (!Double.isFinite(value)) {
            return "";
        }
        return value == Math.rint(value) && Math.abs(value) < 1e9
                ? Long.toString((long) value)
                : ReportJson.rounded(value).toString();
    }

    /** A leading sign of a formula would be run by spreadsheets, so it gets an apostrophe. */
    private static String quoted(String value) {
        String safe = !value.isEmpty() && "=+-@\t\r".indexOf(value.charAt(0)) >= 0 ? "'" + value : value;
        return safe.matches("(?s).*[\",\n\r].*") ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
