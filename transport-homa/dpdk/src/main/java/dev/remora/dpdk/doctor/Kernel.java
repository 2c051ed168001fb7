package dev.remora.dpdk.doctor;

import dev.remora.dpdk.doctor.Doctor.Machine;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which parts the kernel has, told without loading any. */
final class Kernel {
    /** Where a part of the kernel is. */
    enum Presence {
        LOADED,
        BUILT_IN,
        /** Could be loaded. */
        LOADABLE,
        ABSENT,
        UNKNOWN;

        boolean active() {
            return this == LOADED || this == BUILT_IN;
        }
    }

    private final @Nullable String modules;
    private final String builtIn;
    private final String loadable;
    private final String config;

    Kernel(Machine machine) {
        String release = text(machine.property("os.version"));
        String folder = "/lib/modules/" + release;
        modules = machine.read("/proc/modules");
        builtIn = text(machine.read(folder + "/modules.builtin")).replace('_', '-');
        loadable = text(machine.read(folder + "/modules.dep")).replace('_', '-');
        String boot = machine.read("/boot/config-" + release);
        config = boot != null ? boot : text(machine.read("/proc/config.gz"));
    }

    /** Whether this kernel can load modules at all; running a command cannot make one that cannot load any. */
    boolean takesModules() {
        return modules != null;
    }

    /**
     * One part.
     *
     * @param module its name as {@code lsmod} shows it, such as {@code nf_tables}
     */
    Presence presence(String module) {
        String file = "/" + module.replace('_', '-') + ".ko";
        if (modules != null && ("\n" + modules).contains("\n" + module + " ")) {
            return Presence.LOADED;
        }
        String option = "CONFIG_" + module.toUpperCase(Locale.ROOT);
        String lines = "\n" + config + "\n";
        if (lines.contains("\n" + option + "=y\n") || builtIn.contains(file)) {
            return Presence.BUILT_IN;
        }
        if (lines.contains("\n" + option + "=m\n") || loadable.contains(file)) {
            return Presence.LOADABLE;
        }
        // An option whose parent is off is not mentioned at all.
        return config.isEmpty() ? Presence.UNKNOWN : Presence.ABSENT;
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }
}
