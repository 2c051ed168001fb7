package dev.remora.cli.call;

import dev.remora.runtime.reflection.DescriptorPool;
import dev.remora.runtime.reflection.v1.Service;
import java.util.List;
import java.util.Optional;

/** Knows services and their messages, from wherever. */
interface Schema {
    /** Sorted by name. */
    List<Service> services();

    /** The descriptors of these services, with all they need; full names that {@link #services} has told. */
    DescriptorPool describe(List<String> services);

    /** The descriptors for a message that was met; empty if nobody knows it. */
    Optional<DescriptorPool> message(String fullName);

    /** Where this is from, such as "localhost:7000" or "users.proto". */
    String source();
}
