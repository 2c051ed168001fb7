package dev.remora.runtime.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import dev.remora.spi.Setting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads the policies of one section, such as what stands below {@code remora.client.policies}. */
final class PolicyReader {
    /** The word they stand below. */
    static final String WORD = "policies";

    private static final String METHODS = "methods";

    private final String root;
    private final List<Setting<?>> settings;
    private final Collection<String> knownKeys;
    private final InstalledResolvers resolvers;
    private final ConfigProblems problems;
    private final Map<MethodPattern, String> owners = new HashMap<>();

    /**
     * @param section whose policies they are, such as {@code remora.client}
     * @param settings what a policy may set, {@code methods} among them
     */
    PolicyReader(
            String section,
            List<Setting<?>> settings,
            Collection<String> knownKeys,
            InstalledResolvers resolvers,
            ConfigProblems problems) {
        this.root = section + "." + WORD;
        this.settings = settings;
        this.knownKeys = knownKeys;
        this.resolvers = resolvers;
        this.problems = problems;
    }

    /** The good ones, sorted by name, so that the order in the file means nothing. */
    List<MethodValues.Policy> read(ConfigObject section) {
        List<MethodValues.Policy> policies = new ArrayList<>();
        ConfigValue all = section.get(WORD);
        if (all == null || all.valueType() == ConfigValueType.NULL) {
            return policies;
        }
        if (!(all instanceof ConfigObject named)) {
            problems.add(root, all, "holds named policies: write " + root + ".reads { methods = [...], ... }");
            return policies;
        }
        new TreeMap<>(named).forEach((name, value) -> readOne(root + "." + name, value, policies));
        return policies;
    }

    private void readOne(String key, ConfigValue value, List<MethodValues.Policy> policies) {
        if (!(value instanceof ConfigObject object)) {
            if (value.valueType() != ConfigValueType.NULL) {
                problems.add(key, value, "is a policy: write " + key + " { methods = [...], ... }");
            }
            return;
        }
        Map<String, Object> values =
                new HashMap<>(new SectionReader(key, settings, knownKeys, resolvers, problems).read(object));
        List<MethodPattern> patterns = new ArrayList<>();
        Object methods = values.remove(METHODS);
        if (methods instanceof List<?> texts && !texts.isEmpty()) {
            texts.forEach(text -> addPattern(key, object, String.valueOf(text), patterns));
        } else if (methods != null || !object.containsKey(METHODS)) {
            // Otherwise it is set to something that cannot be read, which was said already.
            problems.add(
                    key,
                    value,
                    "does not say for which methods it is: set " + key + ".methods, such as [\"photos.v1.Users/*\"]");
        }
        policies.add(new MethodValues.Policy(key, List.copyOf(patterns), Map.copyOf(values)));
    }

    private void addPattern(String key, ConfigObject policy, String text, List<MethodPattern> patterns) {
        ConfigValue place = policy.getOrDefault(METHODS, policy);
        try {
            MethodPattern pattern = MethodPattern.parse(text);
            String owner = owners.putIfAbsent(pattern, key);
            if (owner != null && !owner.equals(key)) {
                problems.add(
                        key + "." + METHODS,
                        place,
                        "'" + text + "' stands in " + owner + " already, and one of them must hold: merge the two");
            }
            patterns.add(pattern);
        } catch (IllegalArgumentException e) {
            problems.add(key + "." + METHODS, place, String.valueOf(e.getMessage()));
        }
    }
}
