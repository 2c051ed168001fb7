package dev.remora.runtime.config;

import dev.remora.spi.Setting;
import dev.remora.spi.SettingValues;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values that depend on the method: those that hold for all, and policies that replace some of them for the methods they
 * name. Immutable.
 */
public final class MethodValues {
    private final SettingValues forAll;
    /** From the general to the special: what a later layer sets replaces what an earlier one does. */
    private final List<Layer> layers;

    private MethodValues(SettingValues forAll, List<Layer> layers) {
        this.forAll = forAll;
        this.layers = layers;
    }

    /** One policy. */
    record Policy(String name, List<MethodPattern> patterns, Map<String, Object> values) {
        /** The best that fits a method, as a number; -1 if none does. */
        int precisionFor(String fullName) {
            int best = -1;
            for (MethodPattern pattern : patterns) {
                if (pattern.matches(fullName)) {
                    best = Math.max(best, pattern.precision());
                }
            }
            return best;
        }
    }

    /** Policies of which one, the best match, holds. */
    private record Layer(List<Policy> policies) {
        @Nullable
        Policy bestFor(String fullName) {
            Policy best = null;
            int bestPrecision = -1;
            for (Policy policy : policies) {
                int precision = policy.precisionFor(fullName);
                if (precision > bestPrecision) {
                    best = policy;
                    bestPrecision = precision;
                }
            }
            return best;
        }
    }

    /**
     * What holds for a method.
     *
     * @param policy names the policies that had a say, the general one first; empty if none
     */
    public record OfMethod(SettingValues values, String policy) {}

    /** The same values for all methods. */
    public static MethodValues uniform(SettingValues values) {
        return new MethodValues(values, List.of());
    }

    /** These, with another layer on top: of its policies the best match holds. */
    MethodValues plus(List<Policy> policies) {
        if (policies.isEmpty()) {
            return this;
        }
        List<Layer> more = new ArrayList<>(layers);
        more.add(new Layer(List.copyOf(policies)));
        return new MethodValues(forAll, List.copyOf(more));
    }

    /**
     * These, with a policy on top that replaces what it sets for the methods it names.
     *
     * @param name for breakers that are shared by a policy, and for messages
     * @param methods such as {@code photos.v1.Users/GetUser}, {@code photos.v1.Users/*}
     * @throws IllegalArgumentException if a pattern is none
     */
    public MethodValues plus(String name, List<String> methods, Map<Setting<?>, ?> values) {
        Map<String, Object> checked = new HashMap<>();
        values.forEach((setting, value) -> {
            AllowedValues.problem(setting, value).ifPresent(problem -> {
                throw new IllegalArgumentException("policy " + name + ", setting " + setting.name() + ": " + problem);
            });
            checked.put(setting.name(), value);
        });
        return plus(List.of(
                new Policy(name, methods.stream().map(MethodPattern::parse).toList(), Map.copyOf(checked))));
    }

    /** Whether there is any policy. */
    public boolean hasPolicies() {
        return !layers.isEmpty();
    }

    /** What holds for a method, by its full name. */
    public OfMethod of(String fullName) {
        SettingValues values = forAll;
        StringBuilder names = new StringBuilder();
        for (Layer layer : layers) {
            Policy policy = layer.bestFor(fullName);
            if (policy != null) {
                values = new Overlay(policy.values(), values);
                names.append(names.isEmpty() ? "" : ", ").append(policy.name());
            }
        }
        return new OfMethod(values, names.toString());
    }

    /** Values in front of others. */
    private record Overlay(Map<String, Object> own, SettingValues others) implements SettingValues {
        @Override
        @SuppressWarnings("unchecked") // checked against the declaration when they came in
        public <T> T get(Setting<T> setting) {
            T value = (T) own.get(setting.name());
            return value == null ? others.get(setting) : value;
        }
    }
}
