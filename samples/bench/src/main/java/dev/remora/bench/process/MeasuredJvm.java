package dev.remora.bench.process;

import java.util.List;

/** What every measured child runs with, so that heap and collector are equal. */
public final class MeasuredJvm {
    /** One core needs no parallel collector. */
    public static final List<String> FLAGS = List.of(
            "-Xms512m",
            "-Xmx1g",
            "-XX:+AlwaysPreTouch",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dlogback.configurationFile=dev/remora/bench/logback-child.xml");

    private MeasuredJvm() {}
}
