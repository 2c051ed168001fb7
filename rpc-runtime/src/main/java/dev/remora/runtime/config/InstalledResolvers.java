package dev.remora.runtime.config;

import dev.remora.runtime.resolve.NameResolver;
import dev.remora.runtime.resolve.NameResolverProvider;
import dev.remora.runtime.resolve.Registration;
import dev.remora.runtime.resolve.ServerAddress;
import dev.remora.runtime.resolve.Target;
import dev.remora.spi.Setting;
import dev.remora.spi.SettingValues;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;

/** What can turn targets into addresses here, with the values of its settings. Immutable; for any thread. */
public final class InstalledResolvers {
    private final SortedMap<String, NameResolverProvider> byName = new TreeMap<>();
    private final Map<String, NameResolverProvider> byScheme = new HashMap<>();
    private final Map<String, SettingValues> values = new HashMap<>();

    private InstalledResolvers(Collection<? extends NameResolverProvider> providers) {
        for (NameResolverProvider provider : providers) {
            if (byName.put(provider.name(), provider) != null) {
                throw new IllegalArgumentException("two resolvers are named " + provider.name());
            }
            values.put(provider.name(), DefaultValues.of(provider.settings()));
            for (String scheme : provider.schemes()) {
                if (byScheme.put(scheme, provider) != null) {
                    throw new IllegalArgumentException("two resolvers are for targets of " + scheme);
                }
            }
        }
    }

    /** Those on the class path or module path, all with default settings. */
    public static InstalledResolvers withDefaults() {
        return of(ServiceLoader.load(NameResolverProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList());
    }

    /**
     * These, all with default settings.
     *
     * @throws IllegalArgumentException if two have a name or a scheme in common
     */
    public static InstalledResolvers of(Collection<? extends NameResolverProvider> providers) {
        return new InstalledResolvers(providers);
    }

    /**
     * These, with other values for some.
     *
     * @param changed values of {@link NameResolverProvider#settings}, by {@link NameResolverProvider#name}
     */
    public InstalledResolvers with(Map<String, ? extends SettingValues> changed) {
        InstalledResolvers copy = new InstalledResolvers(byName.values());
        copy.values.putAll(values);
        copy.values.putAll(changed);
        return copy;
    }

    /** Their knobs, by name. */
    public SortedMap<String, List<Setting<?>>> settings() {
        SortedMap<String, List<Setting<?>>> settings = new TreeMap<>();
        byName.forEach((name, provider) -> settings.put(name, provider.settings()));
        return settings;
    }

    /**
     * Takes a target apart.
     *
     * @throws IllegalArgumentException if its scheme is not one of these; the message names them
     */
    public Target target(String text) {
        return Target.parse(text, byScheme.keySet());
    }

    /**
     * Checks a target, without asking anybody.
     *
     * @throws IllegalArgumentException that says what is wrong with it
     */
    public void check(String text) {
        Target target = target(text);
        provider(target).check(target, values(target));
    }

    /**
     * A resolver that has not begun yet.
     *
     * @throws IllegalArgumentException if the target is not well formed
     */
    public NameResolver resolver(Target target) {
        return provider(target).resolver(target, values(target));
    }

    /**
     * Enters a server in the registry that a target names.
     *
     * @throws IllegalArgumentException if the target is not well formed, or not in a registry
     */
    public Registration register(Target target, ServerAddress server) {
        return provider(target).register(target, server, values(target));
    }

    private NameResolverProvider provider(Target target) {
        NameResolverProvider provider = byScheme.get(target.scheme());
        if (provider == null) {
            throw new IllegalArgumentException("'" + target + "': no resolver for " + target.scheme()
                    + " is installed, only for " + byScheme.keySet());
        }
        return provider;
    }

    private SettingValues values(Target target) {
        SettingValues found = values.get(provider(target).name());
        if (found == null) {
            throw new IllegalStateException("no values for the resolver of " + target);
        }
        return found;
    }
}
