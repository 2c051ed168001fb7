package dev.remora.runtime.config;

import java.util.List;
import java.util.SortedMap;

/** The policies of a configuration, by where they stand. */
record Policies(
        List<MethodValues.Policy> server,
        List<MethodValues.Policy> forAllClients,
        SortedMap<String, List<MethodValues.Policy>> ofClients) {}
