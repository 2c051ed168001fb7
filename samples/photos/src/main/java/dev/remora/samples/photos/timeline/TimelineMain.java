package dev.remora.samples.photos.timeline;

import dev.remora.samples.photos.node.ServiceCommand;

/** Runs the timeline service alone. */
public final class TimelineMain {
    private TimelineMain() {}

    public static void main(String[] args) {
        System.exit(ServiceCommand.run("timeline", new TimelineModule(), args));
    }
}
