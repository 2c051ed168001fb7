package dev.remora.bench.testbed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A testbed as any process finds it on the machine, by the names of its namespaces.
 *
 * @param tag of its names
 * @param namespaces of it, sorted
 * @param plan what it was made as; empty for one that is not complete
 */
record StandingTestbed(TestbedTag tag, List<String> namespaces, Optional<TestbedPlan> plan) {
    /** Whose it is. */
    enum State {
        /** Stands until it is taken down. */
        STANDING,
        /** Its owner runs, and will remove it. */
        OWNED,
        /** Its owner has ended. */
        LEFTOVER
    }

    StandingTestbed {
        namespaces = List.copyOf(namespaces);
    }

    State state() {
        return tag.standing() ? State.STANDING : tag.orphaned() ? State.LEFTOVER : State.OWNED;
    }

    /** All there are. */
    static List<StandingTestbed> all() {
        Set<TestbedTag> tags = new LinkedHashSet<>();
        Namespaces.all().forEach(name -> TestbedTag.in(name).ifPresent(tags::add));
        List<StandingTestbed> found = new ArrayList<>();
        for (TestbedTag tag : tags) {
            found.add(new StandingTestbed(tag, Namespaces.of(tag), plan(tag)));
        }
        return found;
    }

    List<TestbedHost> hosts() {
        List<TestbedHost> hosts = new ArrayList<>();
        for (int i = 0; i < plan.map(TestbedPlan::hosts).orElse(0); i++) {
            hosts.add(TestbedHost.of(tag, i));
        }
        return hosts;
    }

    List<PortCounters> ports() {
        return QueueReading.ports(tag.switchName(), hosts().size());
    }

    void remove() {
        Namespaces.remove(namespaces);
    }

    /** Removes what owners that have ended left behind. */
    static void removeOrphans() {
        Namespaces.remove(Namespaces.all().stream()
                .filter(name -> TestbedTag.in(name).filter(TestbedTag::orphaned).isPresent())
                .toList());
    }

    private static Optional<TestbedPlan> plan(TestbedTag tag) {
        try {
            String said = SystemCommand.run(List.of("ip", "-n", tag.switchName(), "-j", "link", "show", Wiring.BRIDGE));
            return PlanLabel.parse(
                    new ObjectMapper().readTree(said).path(0).path("ifalias").asText());
        } catch (TestbedException | JsonProcessingException e) {
            // Half made or half removed: that is what an empty plan says.
            return Optional.empty();
        }
    }
}
