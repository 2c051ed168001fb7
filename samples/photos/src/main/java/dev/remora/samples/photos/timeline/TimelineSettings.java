package dev.remora.samples.photos.timeline;

import com.typesafe.config.Config;
import dev.remora.samples.photos.node.ServiceConfig;

/**
 * Bounds of timelines, from {@code photos.timeline}.
 *
 * @param maxEntries posts kept in each timeline
 * @param pageSize followers fetched, and timelines written, at one time
 */
record TimelineSettings(int maxEntries, int pageSize) {
    static TimelineSettings of(Config config) {
        return new TimelineSettings(
                ServiceConfig.intBetween(config, "photos.timeline.max-entries", 1, 100_000),
                ServiceConfig.intBetween(config, "photos.timeline.page-size", 1, 1000));
    }
}
