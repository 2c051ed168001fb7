package dev.remora.runtime.resolve;

import dev.remora.spi.Setting;
import dev.remora.spi.SettingValues;
import java.util.List;

/**
 * Makes resolvers for the targets of some schemes. Found by {@link java.util.ServiceLoader}; one object serves the process,
 * and any thread.
 */
public interface NameResolverProvider {
    /** Name in configuration, lower case: its settings stand below {@code remora.resolve.<name>}. */
    String name();

    /** Schemes of targets that it understands, lower case; mostly its name alone. */
    default List<String> schemes() {
        return List.of(name());
    }

    /** Every knob of it. */
    default List<Setting<?>> settings() {
        return List.of();
    }

    /**
     * A resolver that has not begun yet. Does no I/O.
     *
     * @param target of one of the {@link #schemes}
     * @throws IllegalArgumentException if the target is not well formed; the message says how to write it
     */
    NameResolver resolver(Target target, SettingValues values);

    /**
     * Checks a target as {@link #resolver} does, without anything else.
     *
     * @throws IllegalArgumentException as there
     */
    default void check(Target target, SettingValues values) {
        resolver(target, values).close();
    }

    /**
     * Tells everybody who looks for this target that a server is there, until the registration is closed or the process dies.
     * Returns at once; what goes wrong later is logged and tried again.
     *
     * @throws IllegalArgumentException if the target is not well formed, or names of this kind are not given by servers
     */
    default Registration register(Target target, ServerAddress server, SettingValues values) {
        throw new IllegalArgumentException("'" + target + "': servers cannot register themselves by " + target.scheme()
                + "; it takes a registry such as zookeeper://host:2181/services/name");
    }
}
