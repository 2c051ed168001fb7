package dev.remora.bench.report;

/** Values as a row of eight heights, on a logarithmic scale that several rows may share. */
record Sparkline(double least, double greatest) {
    private static final String HEIGHTS = "▁▂▃▄▅▆▇█";

    /** What is not known is a blank; what lies outside has the first or last height. */
    String of(double[] values) {
        StringBuilder text = new StringBuilder();
        for (double value : values) {
            text.append(Double.isFinite(value) && value > 0 ? height(value) : ' ');
        }
        return text.toString();
    }

    private char height(double value) {
        double range = Math.log(greatest / least);
        double place = range > 0 ? Math.log(value / least) / range : 0;
        return HEIGHTS.charAt(Math.clamp(Math.round(place * (HEIGHTS.length() - 1)), 0, HEIGHTS.length() - 1));
    }
}
