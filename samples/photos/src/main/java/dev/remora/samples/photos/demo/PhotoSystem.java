package dev.remora.samples.photos.demo;

import java.util.List;
import java.util.Map;

/** The four services, running. {@link #close} ends them. */
interface PhotoSystem extends AutoCloseable {
    /** Their names in the order of starting: timeline calls users and posts. */
    List<String> SERVICES = List.of("users", "posts", "media", "timeline");

    /** Where each listens. */
    Map<String, String> addresses();

    @Override
    void close();
}
